#!/usr/bin/env bash
# The test suite on a Debug build of the library, whose assertions run: of the contracts of its types, of who may be on which thread. An assertion that
# does not hold throws where it stands, and fails the test. Tests that count allocations are left out: the compiler of a Debug build
# makes objects of the state of async methods. So are those of the package and the docs, which are the same.
#   build/debug.sh              everything else, about as long as in Release
#   build/debug.sh short        the suites that reach the pumps, the ends and the queue from all sides, 2 minutes on 2 cores
#   build/debug.sh NAMESPACE... parts of the suite, as Lifetime or Threads
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# In the repository, where the tests look for its pages and projects.
work=artifacts/debug
parts=("$@")
if [ "${1:-}" = short ]; then parts=(Lifetime Conformance Faults Model Threads Detach Memory PipeStreams Testing); fi
filter=(-namespace- 'StreamPipes.Tests.Guards*' -trait- 'Needs=Release')
for part in "${parts[@]}"; do filter+=(-namespace "StreamPipes.Tests.$part*"); done

timeout 900 dotnet build tests/StreamPipes.Tests -c Debug -p:RunAnalyzers=false -v:quiet --nologo --artifacts-path "$work" \
  || { echo "the Debug build failed, or took more than 900 s"; exit 1; }
status=0
limit=1500
timeout -k 30 "$limit" "$work"/bin/StreamPipes.Tests/debug/StreamPipes.Tests -noColor "${filter[@]}" >"$work/output" 2>&1 || status=$?
grep -A 40 -E '\[FAIL\]|Unhandled exception|Process terminated' "$work/output" | head -300 || true
tail -n 2 "$work/output"
case $status in 124 | 137) echo "the tests of the Debug build were ended by their limit of $limit s" ;; esac
exit "$status"
