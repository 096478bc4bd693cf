#!/usr/bin/env bash
# Runs the tests on an instrumented library and prints how much of it they reach, file by file, with every line and branch that they
# do not. Fails under 95 % of the lines or 90 % of the branches.
#   build/coverage.sh              all tests, about 5 minutes
#   build/coverage.sh short        without those of packages and docs, which start programs and build projects, and without the matrices of faults and
#                                  carriers: half the time for a percent less
#   build/coverage.sh FILTER       a part of the tests, as for dotnet test --filter
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# In the repository, where the tests look for its pages and projects.
work=artifacts/coverage
rm -rf "$work"
lines=${COVERAGE_LINES:-95} branches=${COVERAGE_BRANCHES:-90}
filter=${1:-}
if [ "$filter" = short ]; then
  filter=$(printf '&FullyQualifiedName!~StreamPipes.Tests.%s' Guards. Migration. Faults. Carriers.)
  filter=${filter:1}
fi

limit=1200 status=0
timeout "$limit" dotnet test tests/StreamPipes.Tests -c Release -p:Coverage=true --artifacts-path "$work/artifacts" ${filter:+--filter "$filter"} \
  --collect "XPlat Code Coverage" --results-directory "$work/results" \
  -- DataCollectionRunSettings.DataCollectors.DataCollector.Configuration.Include="[StreamPipes]*" || status=$?
[ "$status" != 124 ] || echo "the tests were ended by their limit of $limit s"
[ "$status" = 0 ] || exit "$status"

found=$(find "$work/results" -name coverage.cobertura.xml | head -1)
[ -n "$found" ] || { echo "no coverage was collected"; exit 1; }

# A line may be in several classes of the report: those the compiler makes of async methods and lambdas. It counts once.
tr '>' '\n' <"$found" | awk -v want_lines="$lines" -v want_branches="$branches" '
  function value(name) { return match($0, name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 3) : "" }
  /<class / { file = value("filename") }
  /<line / {
    key = file ":" value("number")
    if (!(key in hits)) { order[++count] = key; of[key] = file }
    hits[key] += value("hits")
    if (match($0, /\([0-9]+\/[0-9]+\)/)) {
      split(substr($0, RSTART + 1, RLENGTH - 2), part, "/")
      if (part[1] > taken[key]) taken[key] = part[1]
      if (part[2] > ways[key]) ways[key] = part[2]
    }
  }
  function percent(a, b) { return b ? 100 * a / b : 100 }
  END {
    for (i = 1; i <= count; i++) {
      key = order[i]; f = of[key]; number = substr(key, length(f) + 2)
      total[f]++; all++; w[f] += ways[key]; t[f] += taken[key]; all_ways += ways[key]; all_taken += taken[key]
      if (hits[key]) { covered[f]++; all_covered++ } else missed[f] = missed[f] " " number
      if (taken[key] < ways[key]) part_taken[f] = part_taken[f] " " number "(" taken[key] + 0 "/" ways[key] ")"
    }
    for (f in total) {
      if (!missed[f] && !part_taken[f]) { full++; continue }
      printf "%-50s lines %5.1f %%  branches %5.1f %%\n", f, percent(covered[f], total[f]), percent(t[f], w[f]) | "sort"
      if (missed[f]) printf "%-50s   lines not run:%s\n", f, missed[f] | "sort"
      if (part_taken[f]) printf "%-50s   branches not taken:%s\n", f, part_taken[f] | "sort"
    }
    close("sort")
    printf "\n%d files have no miss.\n", full
    printf "lines    %.1f %% (%d of %d), wanted %s %%\n", percent(all_covered, all), all_covered, all, want_lines
    printf "branches %.1f %% (%d of %d), wanted %s %%\n", percent(all_taken, all_ways), all_taken, all_ways, want_branches
    exit percent(all_covered, all) < want_lines || percent(all_taken, all_ways) < want_branches
  }'
