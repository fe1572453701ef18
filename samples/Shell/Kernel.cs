using System.Text;
using Cosmos.Multikernel;
using Shell.Commands;
using Shell.Terminal;
using Sys = Cosmos.System;

namespace Shell;

/// <summary>
/// The shell: reads commands from the console and asks the other cores' instances by messages. It lives on its event
/// loop, so it goes on answering other instances while it waits for a key.
/// </summary>
public class Kernel : Sys.AsyncKernel
{
    private const string Prompt = "cosmos> ";

    private readonly ConsoleInput input = new();
    private readonly History history = new();
    private readonly CommandRunner runner = new(CommandTable.Commands);
    private int status;

    /// <inheritdoc/>
    protected override Task BeforeRunAsync()
    {
        input.Start(EventLoop.Current);
        runner.Directory.Watch();
        Console.Out.Write(
            $"Cosmos.Multikernel: {Core.Count} {(Core.Count == 1 ? "core" : "cores")}, "
                + $"{Instances(runner.Directory.All.Count)}. Type help.\n"
        );
        return Task.CompletedTask;
    }

    /// <summary>Reads one line and runs it.</summary>
    protected override async Task RunAsync(CancellationToken stopping)
    {
        // OSC 133 marks tell a terminal, or a script at the other end of the serial line, where prompt, input and output begin.
        Console.Out.Write($"{Marks.Prompt}{Prompt}{Marks.Input}");
        var line = await ReadLineAsync();
        if (line is null)
        {
            Console.Out.Write("\n");
            await TraceCommand.WriteIfOnAsync();
            Stop(status);
            return;
        }

        history.Add(line);
        Console.Out.Write(Marks.Output);
        using (var interrupt = CancellationTokenSource.CreateLinkedTokenSource(stopping))
        {
            input.Interrupted = interrupt.Cancel;
            status = await runner.RunLineAsync(line, interrupt.Token);
            input.Interrupted = null;
        }

        Console.Out.Write(Marks.End(status));
    }

    private static string Instances(int count) =>
        count == 1 ? "1 kernel instance" : $"{count} kernel instances";

    /// <summary>Reads and edits a line.</summary>
    /// <returns>Null at the end of the input.</returns>
    private async Task<string?> ReadLineAsync()
    {
        var editor = new LineEditor(Prompt, history, runner.Complete);
        var output = new StringBuilder();
        while (true)
        {
            var key = await input.ReadKeyAsync();
            var result = editor.Handle(key, output);
            Console.Out.Write(output.ToString());
            output.Clear();
            switch (result)
            {
                case EditResult.Accepted:
                    return editor.Text;
                case EditResult.Abandoned:
                    return "";
                case EditResult.EndOfInput:
                    return null;
            }
        }
    }
}
