using System.Diagnostics;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Running;

/// <summary>The terminal in raw mode, until disposed. stty does it: .NET has no call for it.</summary>
internal sealed class RawTerminal : IDisposable
{
    private readonly string? _settings;

    private RawTerminal(string? settings) => _settings = settings;

    public bool IsRaw => _settings is not null;

    public static RawTerminal Enter()
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            return new(null);
        }

        var settings = Stty("-g").Trim();
        Stty("raw", "-echo");
        Report.Line("Ctrl+A X ends the machine\r");
        return new(settings);
    }

    /// <summary>The terminal as it is: Ctrl+C ends the verb.</summary>
    public static RawTerminal Leave() => new(null);

    public void Dispose()
    {
        if (_settings is { } settings)
        {
            Stty(settings);
        }
    }

    private static string Stty(params string[] arguments)
    {
        var start = new ProcessStartInfo("stty", arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
