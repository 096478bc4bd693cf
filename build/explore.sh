#!/usr/bin/env bash
# Explores the lock-free classes: every order of their steps and every value that the memory model lets a read return, within bounds. Prints a table of
# the scenarios; ends with an error if one fails, or if a litmus test does not show what the model allows. Then random schedules by Coyote.
#   build/explore.sh                      short, 5 minutes; ends after 15 at the latest
#   build/explore.sh long                 each scenario for a minute
#   build/explore.sh short Queue          the scenarios with that in their names, without Coyote
#   build/explore.sh mutants [NAME]       breaks the library in many ways, one at a time, and says which scenario notices; ends after 30 minutes
#   build/explore.sh trace QueueChains    one scenario, and the steps of its failure
#   build/explore.sh replay NAME SCHEDULE one schedule that was printed with a failure
#   build/explore.sh coyote [SECONDS]     Coyote alone, so long for each test
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mode=${1:-short}
name=${2:-}

explore() {
  dotnet build tests/StreamPipes.Exploration -c Release -p:RunAnalyzers=false -v q --nologo
  timeout -k 30 "$1" dotnet tests/StreamPipes.Exploration/bin/Release/net10.0/StreamPipes.Exploration.dll "${@:2}"
}

# Coyote stands on an older .NET. A thread that blocks where Coyote does not see it, as one that leaves a token does, holds a schedule up for the time given here.
coyote() {
  local seconds=$1 tool=${COYOTE:-artifacts/tools/coyote} project=tests/StreamPipes.Exploration.Coyote status=0
  [ -x "$tool" ] || dotnet tool install Microsoft.Coyote.CLI --version 1.7.11 --tool-path "$(dirname "$tool")"
  dotnet build "$project" -c Release -p:RunAnalyzers=false -v q --nologo
  local program=$project/bin/Release/net8.0/StreamPipes.Exploration.Coyote.dll out=artifacts/coyote
  rm -rf "$out"
  export DOTNET_ROLL_FORWARD=Major COYOTE_CLI_TELEMETRY_OPTOUT=1
  "$tool" rewrite "$program" >/dev/null
  echo
  echo "| Coyote | schedules | bugs |"
  echo "|---|---:|---:|"
  for test in $(grep -A1 -h '^    \[Test\]' "$project"/*.cs | sed -n 's/.*async Task \([A-Za-z_]*\)().*/\1/p'); do
    local output
    output=$(timeout -k 10 $((seconds * 3 + 60)) "$tool" test "$program" -m "$test" -i 1000000 -t "$seconds" --deadlock-timeout 100 --skip-potential-deadlocks -o "$out" 2>&1) || true
    local schedules bugs
    schedules=$(sed -n 's/.*Explored \([0-9]*\) execution path.*/\1/p' <<<"$output")
    bugs=$(sed -n 's/.*Found \([0-9]*\) bugs\{0,1\}\..*/\1/p' <<<"$output")
    echo "| $test | ${schedules:-0} | ${bugs:-?} |"
    if [ "${bugs:-1}" != 0 ] || [ "${schedules:-0}" = 0 ]; then status=1; tail -n 30 <<<"$output"; cat "$out"/CoyoteOutput/*.txt || true; fi
  done
  return "$status"
}

case $mode in
  short)
    status=0
    explore 600 short ${name:+"$name"} || status=$?
    [ -n "$name" ] || coyote 5 || status=$?
    exit "$status" ;;
  long)
    status=0
    explore 7200 long ${name:+"$name"} || status=$?
    [ -n "$name" ] || coyote 60 || status=$?
    exit "$status" ;;
  mutants) explore 1800 mutants ${name:+"$name"} ;;
  coyote) coyote "${name:-30}" ;;
  *) explore 1800 "$@" ;;
esac
