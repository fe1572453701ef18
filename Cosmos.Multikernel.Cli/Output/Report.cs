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
            Done(title, clock);
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

    /// <summary>
    /// A table, on standard output: it is what the verb was asked for. Plain columns where no terminal is.
    /// </summary>
    public static void Table(IReadOnlyList<string> heads, IReadOnlyList<string[]> rows)
    {
        if (!System.Console.IsOutputRedirected)
        {
            var table = new Table().Border(TableBorder.Simple);
            foreach (var head in heads)
            {
                table.AddColumn(Markup.Escape(head));
            }

            foreach (var row in rows)
            {
                table.AddRow(row.Select(Markup.Escape).ToArray());
            }

            AnsiConsole.Write(table);
            return;
        }

        var widths = heads
            .Select((head, i) => rows.Select(row => row[i].Length).Append(head.Length).Max())
            .ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, i) => cell.PadRight(widths[i]));
            System.Console.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    /// <summary>Runs a step that knows how far it is: a bar on a terminal, plain lines elsewhere.</summary>
    /// <param name="title">What the step does.</param>
    /// <param name="work">The step; it tells the part that is done, 0 to 1.</param>
    public static async Task ProgressAsync(string title, Func<Action<double>, Task> work)
    {
        if (!IsInteractive)
        {
            await StepAsync(title, () => work(_ => { })).ConfigureAwait(false);
            return;
        }

        var clock = Stopwatch.StartNew();

        await Console
            .Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn()
            )
            .StartAsync(context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                return work(done => task.Value = done);
            })
            .ConfigureAwait(false);
        Done(title, clock);
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

    private static void Done(string title, Stopwatch clock) =>
        Console.MarkupLineInterpolated($"[green]✓[/] {title} [grey]{Seconds(clock)}[/]");

    private static string Seconds(Stopwatch clock) => $"{clock.Elapsed.TotalSeconds:0.0} s";
}
