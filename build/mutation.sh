#!/usr/bin/env bash
# Breaks the library in small ways, one at a time, and counts how many of these mutants the tests notice. Fails under 80 %.
#   build/mutation.sh                     the pumps and the connection, an hour on 2 cores; ends after 4 at the latest
#   build/mutation.sh short               the state of a connection alone, 4 minutes; ends after 15 at the latest
#   build/mutation.sh 'Common/Clock.cs' another part of src/StreamPipes, as a pattern
# mutation.json says which tests judge: quick ones, since all of them run for each mutant. Texts of messages are not mutated, nor memory
# barriers, whose absence one machine does not show, nor assertions, which a Release build has not. The tests run in a process of their own, which Stryker
# reaches over the testing platform only: with its other runner every mutant survives.
# MUTATION_CORES says how many run at a time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tool=${STRYKER:-artifacts/tools/dotnet-stryker}
[ -x "$tool" ] || dotnet tool install dotnet-stryker --version 5.1.0 --tool-path "$(dirname "$tool")"
tool=$(realpath "$tool")

limit=14400 patterns=("$@") config=$PWD/build/mutation.json level=Standard
if [ $# -eq 0 ]; then patterns=('*Pump.cs' 'Connection*.cs' PipeConnection.cs); fi
if [ "${1:-}" = short ]; then
  limit=900 patterns=(State/ConnectionState.cs) level=Basic

  # The matrix of faults alone is half of those tests.
  mkdir -p artifacts
  sed 's/FullyQualifiedName~StreamPipes.Tests.Faults.|//' "$config" >artifacts/mutation-short.json
  config=$PWD/artifacts/mutation-short.json
fi
mutate=()
for pattern in "${patterns[@]}"; do mutate+=(--mutate "**/$pattern"); done

report=$PWD/artifacts/mutation
rm -rf "$report"

# Of the builds that Stryker starts: see the project of the tests.
export StopOnFail=true
cd tests/StreamPipes.Tests
status=0
timeout -k 30 "$limit" "$tool" -f "$config" --mutation-level "$level" --concurrency "${MUTATION_CORES:-$(nproc)}" --output "$report" "${mutate[@]}" || status=$?
case $status in
  0) ;;
  124 | 137) echo "the mutations were ended by their limit of $limit s, so nothing is judged: the machine is too slow or busy for ${patterns[*]}"; exit 1 ;;
  *) exit "$status" ;;
esac
grep -rqE '"status": *"(Killed|Survived|Timeout)"' "$report" || { echo "no mutant was judged: ${patterns[*]}"; exit 1; }
