#!/usr/bin/env bash
# Packs all packages with their symbols, prints the release notes, and proves that the samples run on what was packed.
#   build/release.sh [FOLDER]     FOLDER is artifacts/release if it is not given; packages that lie there are removed first
# The version is the one in build/Version.props, the notes are its section in docs/changelog.md. Nothing is published.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false CI=true
packages=${1:-artifacts/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$packages"
rm -f "$packages"/*.nupkg "$packages"/*.snupkg
packages=$(cd "$packages" && pwd)
for project in StreamPipes StreamPipes.AspNetCore StreamPipes.Framing StreamPipes.StackExchangeRedis StreamPipes.Testing; do
  dotnet pack "src/$project" -c Release -o "$packages" --artifacts-path "$work" -v:quiet --nologo -clp:NoSummary
done
version=$(dotnet msbuild src/StreamPipes -getProperty:PackageVersion)

echo "== StreamPipes $version"
dotnet msbuild src/StreamPipes -t:ReadReleaseNotes -getProperty:PackageReleaseNotes
if grep -q "^## $version (unreleased)" docs/changelog.md; then echo "== note: the changelog still calls $version unreleased"; fi

for file in "$packages"/StreamPipes{,.AspNetCore,.Framing,.StackExchangeRedis,.Testing}."$version".{nupkg,snupkg}; do sha256sum "$file"; done
build/samples.sh "$packages" "$version"
