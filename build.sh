#!/bin/sh
# Finds dotnet and hands over to Cosmos.Multikernel.Cli, which is built when its sources are newer. See ./build.sh --help
root=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
program="$root/artifacts/bin/Cosmos.Multikernel.Cli/release/Cosmos.Multikernel.Cli.dll"
PATH="$PATH:$HOME/.dotnet:/usr/share/dotnet:/usr/lib/dotnet"
if ! command -v dotnet >/dev/null; then
    echo "The .NET SDK is missing: get version 10 from https://dot.net" >&2
    exit 1
fi
if [ ! -f "$program" ] || [ -n "$(find "$root/Cosmos.Multikernel.Cli" "$root/Cosmos.Multikernel.Sdk" "$root/Cosmos.Multikernel/Channels/Platforms" "$root/Cosmos.Multikernel/Tracing" "$root"/Directory.*.props -newer "$program" -type f | head -n 1)" ]; then
    echo "Building the command line ..." >&2
    # stdout stays the verb's own.
    dotnet build "$root/Cosmos.Multikernel.Cli" --configuration Release --nologo --verbosity quiet >&2 || exit 1
    # The build leaves an unchanged program as it is; its date says that it was checked.
    touch "$program"
fi
exec dotnet "$program" "$@"
