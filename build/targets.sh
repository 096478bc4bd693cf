#!/usr/bin/env bash
# Every build of the library on the kind of runtime it is for: net8.0 on .NET 8, netstandard2.0 on Mono and on .NET 10, Native AOT, and
# a program that is trimmed to what it uses. Warnings about trimming and AOT are errors. Needs no runtime but the SDK's, and for two parts:
#   mono       apt-get install mono-devel               (mono-runtime alone lacks netstandard.dll)
#   a linker   apt-get install clang zlib1g-dev         (or gcc zlib1g-dev)
# build/targets.sh         the smoke program everywhere, a few minutes
# build/targets.sh full    and the test suite on .NET 8 and against the netstandard2.0 build
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# In the repository, where the suite looks for its pages and projects.
work=$PWD/artifacts/targets
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
summary=() failures=0

note() { summary+=("$1  $2"); [ "$1" != FAILED ] || failures=$((failures + 1)); }

# A program that is missing is no pass: on a build server, which must have it, it is a failure.
missing() { if [ "${CI:-}" = true ]; then note FAILED "$1: $2 is not installed"; else note skipped "$1: $2 is not installed"; fi; }

# folder, what to run there. The exit code counts, but on Mono, which now and then aborts or hangs in its own shutdown (threadpool-io.c) after
# the program has ended: there the program's last line does.
run() {
  local status=0
  (cd "$1" && timeout 60 $2) 2>&1 | tee "$1.out" || status=$?
  [ "$status" = 0 ] || { [[ $2 == mono* ]] && grep -qE '^[0-9]+ scenarios passed$' "$1.out"; }
}

# name, what to run in the published folder, then properties
smoke() {
  local name=$1 run=$2 folder="$work/$1"
  shift 2
  echo "== $name"
  if timeout 600 dotnet publish tests/StreamPipes.Smoke -c Release --artifacts-path "$folder/artifacts" -o "$folder/program" "$@" >"$folder.log" 2>&1 \
    && ! grep -E "warning (IL[23]|CS|CA)" "$folder.log" && run "$folder/program" "$run"; then note passed "$name"; else
    grep -E "error|warning" "$folder.log" | sort -u | head -20 || true
    note FAILED "$name"
  fi
  rm -rf "$folder"
}

# The suite is a program of its own, so that it runs on any framework it was built for.
suite() {
  local name=$1 program=$2 folder="$work/$1"
  shift 2
  echo "== $name"
  if timeout 600 dotnet build tests/StreamPipes.Tests -c Release --artifacts-path "$folder" "$@" >"$folder.log" 2>&1 \
    && timeout 900 "$folder"/bin/StreamPipes.Tests/$program -noColor >"$folder.run" 2>&1; then note passed "$name"; else
    grep -hE ": error " "$folder.log" | sort -u | head -20 || true
    grep -h -A 6 "\[FAIL\]" "$folder.run" 2>/dev/null | head -100 || true
    note FAILED "$name"
  fi
  tail -n 2 "$folder.run" 2>/dev/null || true
  rm -rf "$folder"
}

smoke net10.0 ./StreamPipes.Smoke
smoke net8.0-on-NET-8 ./StreamPipes.Smoke -p:SmokeTarget=net8.0 -p:SmokeKind=SelfContained
smoke trimmed-net10.0 ./StreamPipes.Smoke -p:SmokeKind=Trimmed

linker=$(command -v clang || command -v gcc || true)
if [ -n "$linker" ]; then
  smoke AOT-net8.0 ./StreamPipes.Smoke -p:SmokeTarget=net8.0 -p:SmokeKind=Aot -p:SmokeLinker="$(basename "$linker")"
else
  missing AOT-net8.0 "clang or gcc"
fi

if command -v mono >/dev/null && command -v openssl >/dev/null; then
  # Mono cannot make a certificate, and reads only the old encryption of one.
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 2 -subj /CN=localhost 2>/dev/null
  openssl pkcs12 -export -legacy -inkey "$work/key.pem" -in "$work/cert.pem" -out "$work/localhost.pfx" -passout pass:
  smoke netstandard2.0-on-Mono "mono --debug StreamPipes.Smoke.exe $work/localhost.pfx" -p:SmokeTarget=net472
else
  missing netstandard2.0-on-Mono "mono, or openssl,"
fi

if [ "${1:-}" = full ]; then
  suite tests-net8.0-on-NET-8 release_*/StreamPipes.Tests -p:TestTarget=net8.0
  suite tests-netstandard2.0-on-NET-10 release/StreamPipes.Tests -p:LibraryTarget=netstandard2.0
fi

echo
printf '%s\n' "${summary[@]}"
echo "$failures failures"
[ "$failures" = 0 ]
