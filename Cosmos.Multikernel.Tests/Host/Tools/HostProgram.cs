using System.Diagnostics;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>Runs a program of this machine to its end.</summary>
internal static class HostProgram
{
    /// <summary>Runs it without input.</summary>
    public static async Task<(int Status, string Output, string Errors)> RunAsync(
        string program,
        params IEnumerable<string> arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Runs a tool that must succeed.</summary>
    public static async Task RunToolAsync(string program, params IEnumerable<string> arguments)
    {
        var (status, output, errors) = await RunAsync(program, arguments);
        Assert.That(status, Is.Zero, $"{program}: {errors}{output}");
    }
}
