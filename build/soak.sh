#!/usr/bin/env bash
# Many connections at once, all kinds of them, for a bounded time: every byte is checked, and nothing may be left at the end.
#   build/soak.sh                         60 seconds, 500 connections
#   build/soak.sh --seconds 600 --connections 2000
# More options: --seed (printed by every run), --stall-seconds, --replay SLOT.ROUND with the --seed and --connections of a failed run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -gt 0 ] || set -- --seconds 60 --connections 500

# Ten minutes to build, then twice the time asked for, and five minutes to come to rest.
seconds=60
for ((i = 1; i < $#; i++)); do
  if [ "${!i}" = --seconds ]; then next=$((i + 1)); seconds=${!next}; fi
done
limit=$((seconds * 2 + 300))
timeout 600 dotnet build -c Release -v:quiet --nologo -clp:NoSummary tests/StreamPipes.Soak || { echo "the soak could not be built, or not within 600 s"; exit 1; }
status=0
timeout -k 30 "$limit" dotnet run --no-build -c Release --project tests/StreamPipes.Soak -- "$@" || status=$?
case $status in 124 | 137) echo "the soak was ended by its limit of $limit s: it hung, or the machine is too slow for it" ;; esac
exit "$status"
