#!/usr/bin/env bash
# Breaks the library in small ways, one at a time, and counts how many of these mutants the tests notice. Fails under 80 %. It takes long,
# so it is bounded: 4 hours, or MUTATION_SECONDS, and then it fails. The tests run in a process of their own, which Stryker reaches over the
# testing platform only: with its other runner every mutant survives. MUTATION_TESTS is a filter for the tests; those that count
# allocations fail on a library with mutants in it.
#   build/mutation.sh                     the pumps and the connection
#   build/mutation.sh 'Internal/Clock.cs' another part of src/StreamPipes, as a pattern
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
limit=${MUTATION_SECONDS:-14400}
tool=${STRYKER:-artifacts/tools/dotnet-stryker}
[ -x "$tool" ] || dotnet tool install dotnet-stryker --version 5.1.0 --tool-path "$(dirname "$tool")"
tool=$(realpath "$tool")

patterns=("$@")
[ $# -gt 0 ] || patterns=('Internal/*Pump.cs' 'Internal/Connection*.cs' PipeConnection.cs)
mutate=()
for pattern in "${patterns[@]}"; do mutate+=(--mutate "**/$pattern"); done

cd tests/StreamPipes.Tests
timeout "$limit" "$tool" --project StreamPipes.csproj --target-framework net10.0 --configuration Release \
  --test-runner mtp --test-case-filter "${MUTATION_TESTS:-FullyQualifiedName!~TimerCost&FullyQualifiedName!~Allocation&FullyQualifiedName!~Guards}" \
  --concurrency "$(nproc)" --break-at 80 --threshold-low 80 --threshold-high 90 --reporter cleartext --reporter json \
  --output "$OLDPWD/artifacts/mutation" "${mutate[@]}"
