using System.CommandLine;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Testing;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>test</c>: builds what the tests need and runs them. The last line is always the count.</summary>
internal static class TestCommand
{
    private static readonly Option<string?> Filter = new("--filter", "-f")
    {
        Description =
            "Only tests whose full name contains this text, or that match a test platform filter such as Category=Machine.",
    };

    public static Command Create()
    {
        var command = new Command(
            "test",
            "Run the tests: on this machine, in the simulator, and in virtual machines. Ends with 'N passed, N failed'."
        )
        {
            Filter,
        };
        command.SetAction(
            (arguments, cancellation) => RunAsync(arguments.GetValue(Filter), cancellation)
        );
        return command;
    }

    private static async Task<int> RunAsync(string? filter, CancellationToken cancellation)
    {
        var count = new TestCount();
        try
        {
            await BuildAsync(cancellation).ConfigureAwait(false);
            count = await TestRun.RunAsync(filter, cancellation).ConfigureAwait(false);
        }
        catch (CommandFailure failure)
        {
            // What does not build has failed too; a script that reads only the last line must see it.
            Report.Failure(failure);
            count = count with { Failed = count.Failed + 1 };
        }

        if (count.Skipped > 0)
        {
            Report.Line($"{count.Skipped} skipped");
        }

        if (count == new TestCount())
        {
            Report.Failure(new(filter is null ? "no test ran" : $"no test matches '{filter}'"));
        }

        Console.Error.Flush();
        Console.WriteLine(count);
        return count is { Failed: 0, Passed: > 0 } ? 0 : 1;
    }

    private static async Task BuildAsync(CancellationToken cancellation)
    {
        var kernel = KernelProject.Find(null);
        await kernel.BuildAsync(cancellation).ConfigureAwait(false);
        await kernel.BuildHostedAsync(cancellation).ConfigureAwait(false);
        await Report
            .StepAsync(
                "Building the test instances",
                () =>
                    DotnetBuild.RunAsync(Repository.TestInstances, "build-instances", cancellation)
            )
            .ConfigureAwait(false);
        await Report
            .StepAsync(
                "Building the tests",
                () => DotnetBuild.RunAsync(Repository.TestProject, "build-tests", cancellation)
            )
            .ConfigureAwait(false);
    }
}
