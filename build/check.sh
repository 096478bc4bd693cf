#!/usr/bin/env bash
# Restores, checks the format, builds with warnings as errors, tests for 25 minutes at most, packs. Closes on a line that counts the tests, and
# one that says why some were skipped, instead of two lines for each of them. Of the format white space and imports; the rules of style are analyzers,
# which the build runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

dotnet restore StreamPipes.sln
dotnet format whitespace StreamPipes.sln --no-restore --verify-no-changes
dotnet format style StreamPipes.sln --no-restore --verify-no-changes --severity warn --diagnostics IMPORTS

# One project's tests after the other's: each uses all cores, and many have a limit of time.
status=0
dotnet build StreamPipes.sln -c Release --no-restore
timeout -k 30 1500 dotnet test -c Release --no-build -m:1 --logger "trx" --results-directory "$results" \
  | { grep --line-buffered -vE '^ *Skipped |\[SKIP\]$' || true; } || status=$?
[ "$status" != 124 ] || echo "the tests were ended by their limit of 1500 s"
dotnet pack src/StreamPipes -c Release --no-build -o "$results/packages" || status=$?
dotnet pack src/StreamPipes.AspNetCore -c Release --no-build -o "$results/packages" || status=$?
dotnet pack src/StreamPipes.Framing -c Release --no-build -o "$results/packages" || status=$?
dotnet pack src/StreamPipes.StackExchangeRedis -c Release --no-build -o "$results/packages" || status=$?
dotnet pack src/StreamPipes.Testing -c Release --no-build -o "$results/packages" || status=$?

# Of the random programs, to run them again.
grep -oh '[0-9]* programs, STREAMPIPES_SEED=[0-9,]*' "$results"/*.trx | head -n 1 || true
total() { cat "$results"/*.trx 2>/dev/null | grep -o "<Counters [^>]*" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(total passed)
executed=$(total executed)
all=$(total total)
skipped=$((all - executed))

# Of those that were skipped the reason, one a line: a program that is not there, or what does not apply here by design.
reasons=$(cat "$results"/*.trx 2>/dev/null | awk '/outcome="NotExecuted"/ { skipped = 1 } skipped && /<Message>/ { sub(/.*<Message>/, ""); sub(/<.*/, ""); print; skipped = 0 }')
absent=$(grep ' is not installed; get it with: apt-get install ' <<<"$reasons" || true)
lacking=$(grep -c . <<<"$absent" || true)
if [ "$lacking" -gt 0 ]; then
  echo "$lacking skipped for want of $(sed 's/ is not installed.*//' <<<"$absent" | sort -u | paste -sd ' '): apt-get install $(sed 's/.*apt-get install //' <<<"$absent" | sort -u | paste -sd ' ')"
fi
[ "$skipped" = "$lacking" ] || echo "$((skipped - lacking)) skipped since they do not apply: deviations of the control group and of carriers, with the reason in the trx file or in the IDE"
echo "$passed passed, $((executed - passed)) failed, $skipped skipped"
[ "$passed" -gt 0 ] || status=1
exit "$status"
