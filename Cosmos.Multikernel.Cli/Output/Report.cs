using System.Diagnostics;
using Spectre.Console;

namespace Cosmos.Multikernel.Cli.Output;

/// <summary>
/// What a verb tells its user: a spinner while a step takes its time on a terminal, plain lines anywhere else. All of it
/// goes to standard error, so that standard output is the machine's alone.
/// </summary>
public static class Report
{
    private static readonly IAnsiConsole Console = AnsiConsole.Create(
        new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Error) }
    );

    /// <summary>Standard error is a terminal that a person looks at.</summary>
    public static bool IsInteractive { get; } =
        !System.Console.IsErrorRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));

    /// <summary>Runs a step; says when it starts, and how long it took.</summary>
    public static async Task StepAsync(string title, Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        if (IsInteractive)
        {
            await Console
                .Status()
                .StartAsync(Markup.Escape(title), _ => work())
                .ConfigureAwait(false);
            Console.MarkupLineInterpolated($"[green]✓[/] {title} [grey]{Seconds(clock)}[/]");
        }
        else
        {
            System.Console.Error.WriteLine($"{title} ...");
            await work().ConfigureAwait(false);
            System.Console.Error.WriteLine($"{title}: {Seconds(clock)}");
        }
    }

    /// <summary>A line for the user.</summary>
    public static void Line(string text)
    {
        if (IsInteractive)
        {
            Console.MarkupLineInterpolated($"[grey]{text}[/]");
        }
        else
        {
            System.Console.Error.WriteLine(text);
        }
    }

    /// <summary>The end of a verb that failed.</summary>
    public static void Failure(CommandFailure failure)
    {
        if (IsInteractive)
        {
            Console.MarkupLineInterpolated($"[red]✗ {failure.Message}[/]");
        }
        else
        {
            System.Console.Error.WriteLine($"failed: {failure.Message}");
        }

        foreach (var detail in failure.Details)
        {
            System.Console.Error.WriteLine($"  {detail}");
        }

        if (failure.Log is { } log)
        {
            System.Console.Error.WriteLine($"  log: {log}");
        }
    }

    private static string Seconds(Stopwatch clock) => $"{clock.Elapsed.TotalSeconds:0.0} s";
}
