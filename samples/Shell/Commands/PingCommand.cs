using System.Diagnostics;
using Cosmos.Multikernel.Channels;

namespace Shell.Commands;

/// <summary>
/// Round trips: to an instance's event loop and back by message, when the argument begins with a core's number; else, by the
/// network, to a host.
/// </summary>
internal static class PingCommand
{
    private const int DefaultCount = 10;
    private const int DefaultHostCount = 4;
    private const int MostCount = 1_000_000;
    private const string Usage = "ping CORE [COUNT] or ping HOST [COUNT]";

    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(1, 2, Usage);
        if (IsHost(context.Arguments[0]))
        {
            await PingHostAsync(context, interrupt);
            return;
        }

        var instance = context.Directory.Find(context.Arguments[0]);
        var count = CountOf(context, DefaultCount);
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

    /// <summary>Addresses have dots or colons, names do not begin with a digit; core numbers are neither.</summary>
    private static bool IsHost(string argument) =>
        argument.Contains('.')
        || argument.Contains(':')
        || (!argument.Contains('/') && argument.Length > 0 && char.IsLetter(argument[0]));

    private static async Task PingHostAsync(CommandContext context, CancellationToken interrupt)
    {
        var host = context.Arguments[0];
        var count = CountOf(context, DefaultHostCount);
        using var network =
            await Networks.TryBindAsync(interrupt)
            ?? throw new CommandException(
                $"'{host}' is no core number, and there is no network to look for a host",
                CommandException.Usage
            );
        await HostPing.RunAsync(network, host, count, interrupt);
    }

    private static int CountOf(CommandContext context, int otherwise)
    {
        if (context.Arguments.Count < 2)
        {
            return otherwise;
        }

        return int.TryParse(context.Arguments[1], out var count) && count is >= 1 and <= MostCount
            ? count
            : throw new CommandException(
                $"'{context.Arguments[1]}' is no count (1 to {MostCount})",
                CommandException.Usage
            );
    }

    private static string Microseconds(long ticks) =>
        (ticks * 1e6 / Stopwatch.Frequency).ToString("0.0");
}
