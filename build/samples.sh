#!/usr/bin/env bash
# Builds every sample and runs it as its README says: those with a tour to its end, those that serve with a client that asks something.
#   build/samples.sh                    on the sources
#   build/samples.sh FOLDER VERSION     on the packages of that version in FOLDER, with a package cache of its own
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
on_packages=()
if [ $# -gt 0 ]; then
  on_packages=("-p:RestoreAdditionalProjectSources=$(cd "$1" && pwd)" "-p:StreamPipesVersion=$2")
  export NUGET_PACKAGES=$work/cache
fi

program() { echo "$work/artifacts/bin/$1/release/$1.dll"; }

# Starts a sample that serves on a free port, and waits until it says which.
serve() {
  timeout 120 dotnet "$(program "$1")" "${@:2}" >"$work/output" 2>&1 &
  server=$!
  for _ in $(seq 100); do
    port=$(grep -oP '^listening on 127\.0\.0\.1:\K[0-9]+' "$work/output" || true)
    [ -z "$port" ] || return 0
    sleep 0.1
  done
  cat "$work/output"
  return 1
}

stop() { kill -TERM "$server" && wait "$server" && server= && cat "$work/output"; }

for sample in docs/samples/*/*.csproj; do
  dotnet build "$sample" -c Release --artifacts-path "$work/artifacts" -v:quiet --nologo -clp:NoSummary "${on_packages[@]}"
  name=$(basename "$sample" .csproj)
  if [ $# -gt 0 ] && [ -d "$work/artifacts/bin/StreamPipes" ]; then echo "$name was built on the sources"; exit 1; fi
done

for name in InMemory RedisTls StackExchangeRedis HttpOverPipes JsonLines TlsProxy; do
  echo "== $name"
  timeout 300 dotnet "$(program "$name")"
done

echo "== LineServer"
serve LineServer --port 0
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'hello\nworld\n' >&3
answer=$(head -n 2 <&3)
exec 3>&-
[ "$answer" = $'hello\nworld' ] || { echo "answered '$answer'"; exit 1; }
stop

# The agent answers the HELLO of a health check (frame type 1) with its own (type 101), and closes.
echo "== SpoaAgent"
serve SpoaAgent --port 0
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf '\x00\x00\x00\x4d\x01\x00\x00\x00\x01\x00\x00\x12supported-versions\x08\x032.0\x0emax-frame-size\x03\xf0\x01\x0ccapabilities\x08\x00\x0bhealthcheck\x11' >&3
type=$(head -c 5 <&3 | od -An -tu1 | awk '{ print $5 }')
exec 3>&-
[ "$type" = 101 ] || { echo "answered a frame of type '$type'"; exit 1; }
stop
echo "all samples ran"
