using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Tests.Host.Tools;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>The step of the build that puts plugs in, hosted: on an image it is the same program, which the sample kernels' boots show.</summary>
public sealed class PlugBuildTests
{
    private const string Kernel = """
        using System;
        using IL2CPU.API.Attribs;
        using Sys = Cosmos.System;

        namespace Plugged
        {
            public class Kernel : Sys.Kernel
            {
                [ManifestResourceStream(ResourceName = "Plugged.Kernel.cs")]
                static byte[] source;

                public static string Name() { return "original"; }

                protected override void Run()
                {
                    System.IO.File.WriteAllText(@"0:\kept.txt", Environment.MachineName);
                    Console.WriteLine(Name() + " " + source.Length);
                    Stop();
                }
            }

            [Plug(Target = typeof(Kernel))]
            public static class KernelPlug
            {
                public static string METHOD() { return "plugged"; }
            }

            [Plug(Target = typeof(Environment))]
            public static class EnvironmentPlug
            {
                public static string get_MachineName() { return "my-machine"; }
            }
        }
        """;

    [Test]
    public async Task AWrongPlugIsAnErrorOfTheBuildAndARightOneIsCalled()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cosmos-plug-build");
        try
        {
            string sdk = Path.Combine(Repository.Root, "Cosmos.Multikernel.Sdk/Sdk");
            string project = Path.Combine(folder.FullName, "Plugged.csproj");
            string source = Path.Combine(folder.FullName, "Kernel.cs");
            File.WriteAllText(
                project,
                $"""
                <Project>
                  <Import Project="{sdk}/Sdk.props" />
                  <PropertyGroup><CosmosCompatibility>true</CosmosCompatibility></PropertyGroup>
                  <ItemGroup><EmbeddedResource Include="Kernel.cs" /></ItemGroup>
                  <Import Project="{sdk}/Sdk.targets" />
                </Project>
                """
            );
            File.WriteAllText(source, Kernel.Replace("METHOD", "Nmae", StringComparison.Ordinal));
            var (failed, errors, _) = await BuildAsync(project);
            Assert.That(failed, Is.Not.Zero);
            Assert.That(
                errors,
                Does.Match(@"Kernel\.cs\(25,\d+\): error CMK0412: plug Plugged\.KernelPlug\.Nmae: ")
            );

            File.WriteAllText(source, Kernel.Replace("METHOD", "Name", StringComparison.Ordinal));
            var (status, output, _) = await BuildAsync(project);
            Assert.That(status, Is.Zero, output);
            string program = Directory
                .GetFiles(
                    Path.Combine(folder.FullName, "bin"),
                    "Plugged.dll",
                    SearchOption.AllDirectories
                )
                .Single();
            string drive = Path.Combine(folder.FullName, "drive");
            var (_, said, _) = await HostProgram.RunAsync(
                "env",
                $"COSMOS_DRIVE={drive}",
                "dotnet",
                program
            );
            Assert.That(said.Trim(), Is.EqualTo($"plugged {new FileInfo(source).Length}"));
            Assert.That(
                File.ReadAllText(Path.Combine(drive, "kept.txt")),
                Is.EqualTo("my-machine")
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<(int Status, string Output, string Errors)> BuildAsync(string project) =>
        HostProgram.RunAsync(
            "dotnet",
            "build",
            project,
            "--configuration",
            "Release",
            "--nologo",
            "-nodeReuse:false",
            "-p:CosmosHosted=true"
        );
}
