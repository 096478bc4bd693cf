#!/usr/bin/env bash
# Explores the lock-free classes: every order of their steps and every value that the memory model lets a read return, within bounds. Prints a table
# of the scenarios; ends with an error if one fails, or if a litmus test does not show what the model allows.
#   build/explore.sh                      short, 3 minutes; ends after 10 at the latest
#   build/explore.sh long                 each scenario for a minute
#   build/explore.sh short Queue          the scenarios with that in their names
#   build/explore.sh trace QueueChains    one scenario, and the steps of its failure
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mode=${1:-short}
limit=600
if [ "$mode" != short ]; then limit=5400; fi
dotnet build tests/StreamPipes.Exploration -c Release -p:RunAnalyzers=false -v q --nologo
status=0
timeout -k 30 "$limit" dotnet tests/StreamPipes.Exploration/bin/Release/net10.0/StreamPipes.Exploration.dll "$mode" "${@:2}" || status=$?
case $status in 124 | 137) echo "the exploration was ended by its limit of $limit s" ;; esac
exit "$status"
