using System.CommandLine;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>bench</c></summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var command = new Command("bench", "Run a benchmark suite.");
        return command;
    }
}
