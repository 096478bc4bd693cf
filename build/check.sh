#!/usr/bin/env bash
# Restores, checks the format, builds with warnings as errors, tests for 25 minutes at most, packs. Closes on a line that counts the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

dotnet restore StreamPipes.sln
dotnet format StreamPipes.sln --no-restore --verify-no-changes --severity warn

status=0
timeout -k 30 1500 dotnet test -c Release --logger "trx" --results-directory "$results" || status=$?
dotnet pack src/StreamPipes -c Release --no-build -o "$results/packages" || status=$?
dotnet pack src/StreamPipes.AspNetCore -c Release --no-build -o "$results/packages" || status=$?

# Of the random programs, to run them again.
grep -oh '[0-9]* programs, STREAMPIPES_SEED=[0-9,]*' "$results"/*.trx | head -n 1 || true
total() { cat "$results"/*.trx 2>/dev/null | grep -o "<Counters [^>]*" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(total passed)
executed=$(total executed)
all=$(total total)
echo "$passed passed, $((executed - passed)) failed, $((all - executed)) skipped"
[ "$passed" -gt 0 ] || status=1
exit "$status"
