#!/usr/bin/env bash
# Coverage-guided fuzzing, by afl++ and SharpFuzz: the parsers of the samples, the stream that a detach hands back, TLS records into a connection. The library is a Debug
# build, whose assertions run. Prints a table; each finding as base64, with the command that runs it again. Fails when there is one.
#   build/fuzz.sh                  every target for 60 s, two at a time: 4 minutes
#   build/fuzz.sh TARGET SECONDS   one target; `all` for every one
# A machine without afl++ skips it, but for CI=true.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
which=${1:-all}
seconds=${2:-60}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

if ! command -v afl-fuzz >/dev/null; then
  echo "fuzzing needs afl-fuzz, which is not installed; get it with: apt-get install afl++"
  [ "${CI:-}" = true ] && exit 1
  exit 0
fi

work=artifacts/fuzz
project=tests/StreamPipes.Fuzzing
plain=$work/build/bin/StreamPipes.Fuzzing/debug
instrumented=$work/instrumented
timeout 900 dotnet build "$project" -c Debug -p:RunAnalyzers=false -v:quiet --nologo -clp:NoSummary --artifacts-path "$work/build" \
  || { echo "the fuzz targets could not be built, or not within 900 s"; exit 1; }
rm -rf "$instrumented" "$work/run"
mkdir -p "$work/run"
cp -r "$plain" "$instrumented"
dotnet "$plain/StreamPipes.Fuzzing.dll" --instrument "$instrumented" >"$work/run/instrumented"

targets=$which
if [ "$which" = all ]; then targets=$(dotnet "$plain/StreamPipes.Fuzzing.dll" --list); fi

# afl-fuzz asks for a machine that is tuned for it, and for a program of its own kind; none of that is needed. A seed that finds something does not end the run.
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_SKIP_CRASHES=1 AFL_FAST_CAL=1

# What runs here ends on its own: twice the time asked for, and two minutes for the seeds.
fuzz() {
  local target=$1 run=$work/run/$1
  dotnet "$plain/StreamPipes.Fuzzing.dll" --seeds "$target" "$run/seeds" || return
  timeout -k 10 $((seconds * 2 + 120)) afl-fuzz -i "$run/seeds" -o "$run/afl" -m none -t 60000 -V "$seconds" \
    -- dotnet "$instrumented/StreamPipes.Fuzzing.dll" --fuzz "$target" "$run/findings" >"$run/log" 2>&1
}

for target in $targets; do
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || true; done
  { fuzz "$target" || echo $? >"$work/run/$target.failed"; } &
done
wait

stat() { sed -n "s/^$2 *: *//p" "$work/run/$1/afl/default/fuzzer_stats" 2>/dev/null || true; }
count() { find "$work/run/$1/findings" -name "$2-*.txt" 2>/dev/null | wc -l; }

echo "| target | executions | a second | edges | inputs kept | crashes | hangs |"
echo "|---|---:|---:|---:|---:|---:|---:|"
for target in $targets; do
  executions=$(stat "$target" execs_done)
  echo "| $target | ${executions:-0} | $(stat "$target" execs_per_sec) | $(stat "$target" edges_found) | $(stat "$target" corpus_count) | $(count "$target" crash) | $(count "$target" hang) |"
done

status=0
report() {
  local target=$1 file=$2
  status=1
  echo
  echo "FOUND in $target: $3"
  base64 -w 0 "$file"
  echo
  echo "again: dotnet build $project -c Debug && dotnet run --no-build -c Debug --project $project -- --base64 $target $(base64 -w 0 "$file")"
}

for target in $targets; do
  found=0
  for text in "$work/run/$target/findings"/*.txt; do
    [ -e "$text" ] || continue
    found=$((found + 1))
    report "$target" "${text%.txt}" "$(head -n 12 "$text")"
  done
  [ -e "$work/run/$target.failed" ] || [ "$(stat "$target" execs_done || true)" = "" ] || continue
  status=1
  echo "$target: afl-fuzz ended with $(cat "$work/run/$target.failed" 2>/dev/null || echo 'no statistics')"
  tail -n 15 "$work/run/$target/log"
  # What nothing in the process can catch, such as a stack that has run out, leaves the input that it was at.
  input=$work/run/$target/afl/default/.cur_input
  if [ "$found" = 0 ] && [ -e "$input" ]; then report "$target" "$input" "the process ended; the last input was this"; fi
done
exit "$status"
