using Cosmos.Multikernel.Tests.Host.Tools;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>The program that the build step runs: its job's file, its exit status, its errors in the form that MSBuild understands.</summary>
public sealed class PlugProgramTests
{
    private static readonly string Program = Path.Combine(
        AppContext.BaseDirectory,
        "Cosmos.Multikernel.Plugs.dll"
    );

    [TestCase("public static string Get() => \"plugged\";", "")]
    [TestCase(
        "public static int Get() => 1;",
        @"^program\.cs\(3,\d+\): error CMK0413: plug P\.Get "
    )]
    public async Task RewritesOrSaysWhatIsWrong(string plug, string error)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cosmos-plug-program");
        try
        {
            string program = CosmosSource.Build(
                folder.FullName,
                "program",
                $$"""
                using IL2CPU.API.Attribs;
                public static class Target { public static string Get() => "original"; }
                [Plug(typeof(Target))] public static class P { {{plug}} }
                """
            );
            string job = Path.Combine(folder.FullName, "job.txt");
            File.WriteAllLines(
                job,
                [
                    $"program={program}",
                    .. CosmosSource.Platform.Select(static path => $"reference={path}"),
                ]
            );
            DateTime before = File.GetLastWriteTimeUtc(program);
            var (status, _, errors) = await HostProgram.RunAsync("dotnet", "exec", Program, job);
            Assert.That(status, Is.EqualTo(error.Length == 0 ? 0 : 1), errors);
            Assert.That(errors, error.Length == 0 ? Is.Empty : Does.Match(error), "standard error");
            Assert.That(
                File.GetLastWriteTimeUtc(program) != before,
                Is.EqualTo(error.Length == 0),
                "written"
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestCase("nonsense", "'nonsense' is neither")]
    [TestCase("output=/tmp", "No program=FILE")]
    [TestCase("program=/nowhere/x.dll", "/nowhere")]
    public async Task ABadJobIsAnError(string line, string expected)
    {
        string job = Path.GetTempFileName();
        try
        {
            File.WriteAllText(job, line + "\n");
            var (status, _, errors) = await HostProgram.RunAsync("dotnet", "exec", Program, job);
            Assert.That(status, Is.EqualTo(1));
            Assert.That(errors, Does.StartWith("Cosmos.Multikernel.Plugs: error CMK0410: "));
            Assert.That(errors, Does.Contain(expected));
        }
        finally
        {
            File.Delete(job);
        }
    }
}
