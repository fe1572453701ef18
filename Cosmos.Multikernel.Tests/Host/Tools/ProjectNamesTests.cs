using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>Names in a kernel project that nobody knows: MSBuild passes over them, the Sdk does not.</summary>
[TestFixture]
public sealed partial class ProjectNamesTests
{
    private static readonly string Sdk = Path.Combine(
        Repository.Root,
        "Cosmos.Multikernel.Sdk/Sdk"
    );

    [Test]
    public async Task WhatIsMisspeltIsNamedWithWhatIsMeant()
    {
        var warnings = await CheckAsync(
            """
            <!-- <CosmosInAComment>true</CosmosInAComment> -->
            <PropertyGroup>
              <CosmosKeybord>de</CosmosKeybord>
              <CosmosMachine>pc</CosmosMachine>
              <CosmosMachineOptions Condition="'$(X)' != 'a;b'">--cores 2; --uefi</CosmosMachineOptions>
              <CosmosColour>green</CosmosColour>
            </PropertyGroup>
            <ItemGroup>
              <KernelInstance Include="shell" Core="0" Console="true" Condition="1 > 0" Arguments="a=b, c='d', Pirority=1; `e` $(F) @(G)" />
              <KernelInstance
                Include="hello"
                Cores="1-"
              >
                <Memroy>64M</Memroy>
                <Restart>always</Restart>
              </KernelInstance>
              <Compile Include="other.cs" Core="not ours" />
            </ItemGroup>
            """
        );
        using var scope = Assert.EnterMultipleScope();
        Assert.That(
            warnings.Keys,
            Is.EquivalentTo(new[] { "CosmosKeybord", "CosmosColour", "Core", "Memroy" })
        );
        Assert.That(warnings["CosmosKeybord"], Is.EqualTo("CosmosKeyboard"));
        Assert.That(warnings["Memroy"], Is.EqualTo("Memory"));
        Assert.That(warnings["Core"].Split(", "), Does.Contain("Cores"));

        // Like nothing that there is: all are named.
        Assert.That(
            warnings["CosmosColour"].Split(", "),
            Is.SupersetOf(new[] { "CosmosMachine", "CosmosKeyboard", "CosmosCompatibility" })
        );
    }

    /// <summary>What the Sdk reads and what its items have by default must be known, or it would warn of the right names.</summary>
    [Test]
    public async Task TheSdksOwnNamesAreKnown()
    {
        var targets = await File.ReadAllTextAsync(Path.Combine(Sdk, "Sdk.targets"));
        var properties = PropertyRead().Matches(targets).Select(match => match.Groups[1].Value);
        var defaults = InstanceDefaults().Match(targets).Groups[1].Value;
        var metadata = ElementName().Matches(defaults).Select(match => match.Groups[1].Value);
        Assert.That(properties.Count(), Is.GreaterThan(20));
        Assert.That(metadata.Count(), Is.GreaterThan(10));
        var warnings = await CheckAsync(
            $"""
            <PropertyGroup>
              {string.Join(
                '\n',
                properties.Distinct().Select(name => $"<{name} Condition=\"false\" />")
            )}
            </PropertyGroup>
            <ItemGroup Condition="false">
              <KernelInstance Include="x" {string.Join(
                ' ',
                metadata.Distinct().Select(name => $"{name}=\"\"")
            )} />
            </ItemGroup>
            """
        );
        Assert.That(warnings.Keys, Is.Empty);
    }

    // The names that were warned of, and what is said to be meant.
    private static async Task<Dictionary<string, string>> CheckAsync(string project)
    {
        var folder = Directory.CreateTempSubdirectory("cosmos-names");
        try
        {
            var file = Path.Combine(folder.FullName, "Named.csproj");
            await File.WriteAllTextAsync(
                file,
                $"""
                <Project>
                  <Import Project="{Sdk}/Sdk.props" />
                  {project}
                  <Import Project="{Sdk}/Sdk.targets" />
                </Project>
                """
            );
            var (status, output, errors) = await HostProgram.RunAsync(
                "dotnet",
                "msbuild",
                file,
                "-target:_CheckNames",
                "-nologo",
                "-nodeReuse:false"
            );
            Assert.That(status, Is.Zero, output + errors);
            return Warning()
                .Matches(output)
                .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(
        @"Named\.csproj : warning CMK1007: (\w+) is .*Meant is perhaps: (\w+(?:, \w+)*)"
    )]
    private static partial Regex Warning();

    [GeneratedRegex(@"\$\((Cosmos\w+)[).]")]
    private static partial Regex PropertyRead();

    [GeneratedRegex(@"(?s)<ItemDefinitionGroup>\s*<KernelInstance>(.*?)</KernelInstance>")]
    private static partial Regex InstanceDefaults();

    [GeneratedRegex(@"<(\w+)>")]
    private static partial Regex ElementName();
}
