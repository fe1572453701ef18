using System.Diagnostics;
using Cosmos.Multikernel.Channels;

namespace Shell.Commands;

/// <summary>Round trips to an instance's event loop and back, one after the other.</summary>
internal static class PingCommand
{
    private const int DefaultCount = 10;
    private const int MostCount = 1_000_000;

    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(1, 2, "ping CORE [COUNT]");
        var instance = context.Directory.Find(context.Arguments[0]);
        var count = DefaultCount;
        if (
            context.Arguments.Count == 2
            && (!int.TryParse(context.Arguments[1], out count) || count is < 1 or > MostCount)
        )
        {
            throw new CommandException(
                $"'{context.Arguments[1]}' is no count (1 to {MostCount})",
                CommandException.Usage
            );
        }

        var client = await context.Directory.ClientAsync(instance, interrupt);
        var ticks = new long[count];
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            interrupt.ThrowIfCancellationRequested();
            var sent = Stopwatch.GetTimestamp();
            try
            {
                await client.PingAsync(InstanceDirectory.Patience, interrupt);
            }
            catch (PeerEndedException end)
            {
                throw new CommandException(
                    $"{instance.Name} on core {instance.Core} died after {i} of {count}: {context.Directory.NoteEnd(instance, end)}"
                );
            }

            ticks[i] = Stopwatch.GetTimestamp() - sent;
        }

        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Array.Sort(ticks);
        Console.Out.Write(
            $"{count} round trips to {instance.Name} on core {instance.Core}: {2 * count / seconds:0} messages/s\n"
                + $"min {Microseconds(ticks[0])}, median {Microseconds(ticks[count / 2])}, "
                + $"p99 {Microseconds(ticks[(int)((count - 1) * 0.99)])}, max {Microseconds(ticks[^1])} us\n"
        );
    }

    private static string Microseconds(long ticks) =>
        (ticks * 1e6 / Stopwatch.Frequency).ToString("0.0");
}
