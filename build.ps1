# Finds dotnet and hands over to Cosmos.Multikernel.Cli, which is built when its sources are newer. See ./build.ps1 --help
param([Parameter(ValueFromRemainingArguments = $true)] $Arguments)
if (-not (Get-Command dotnet -ErrorAction Ignore)) {
    [Console]::Error.WriteLine('The .NET SDK is missing: get version 10 from https://dot.net')
    exit 1
}
$project = [IO.Path]::Combine($PSScriptRoot, 'Cosmos.Multikernel.Cli')
dotnet run --project $project --configuration Release -- @Arguments
exit $LASTEXITCODE
