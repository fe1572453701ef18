# Finds dotnet and hands over to Cosmos.Multikernel.Cli, which is built when its sources are newer. See ./build.ps1 --help
param([Parameter(ValueFromRemainingArguments = $true)] $Arguments)
$project = [IO.Path]::Combine($PSScriptRoot, 'Cosmos.Multikernel.Cli')
dotnet run --project $project --configuration Release -- @Arguments
exit $LASTEXITCODE
