#!/usr/bin/env bash
# Many connections at once, all kinds of them, for a bounded time: every byte is checked, and nothing may be left at the end.
#   build/soak.sh                         60 seconds, 500 connections
#   build/soak.sh --seconds 600 --connections 2000
# More options: --seed (printed by every run), --stall-seconds, --replay SLOT.ROUND with the --seed and --connections of a failed run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -gt 0 ] || set -- --seconds 60 --connections 500

# Twice the time asked for, and five minutes to build and to come to rest.
seconds=60
for ((i = 1; i < $#; i++)); do
  if [ "${!i}" = --seconds ]; then next=$((i + 1)); seconds=${!next}; fi
done
exec timeout $((seconds * 2 + 300)) dotnet run -c Release --project tests/StreamPipes.Soak -- "$@"
