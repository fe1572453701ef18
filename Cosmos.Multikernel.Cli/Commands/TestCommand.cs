using System.CommandLine;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>test</c></summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var command = new Command("test", "Run the tests.");
        return command;
    }
}
