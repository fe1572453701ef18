using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;

namespace Shell.Commands;

/// <summary>A table of this instance's channels and what its end of each has counted.</summary>
internal static class ChannelsCommand
{
    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(0, 0, "channels");
        var rows = await EventLoop.Instance.InvokeAsync(() =>
            Task.FromResult(EventLoop.Instance.Channels.Select(Row).ToArray())
        );
        Console.Out.Write(
            "CORE INSTANCE   SERVICE    STATE          SENT RECEIVED  FULL   RANG  SLEPT BAD\n"
        );
        foreach (var row in rows)
        {
            Console.Out.Write(row);
        }
    }

    private static string Row(Channel channel)
    {
        var counters = channel.Counters;
        return $"{channel.PeerCore, 4} {channel.PeerName, -10} {channel.Service, -10} "
            + $"{channel.State.ToString().ToLowerInvariant(), -10}"
            + $"{counters.MessagesSent, 9}{counters.MessagesReceived, 9}"
            + $"{counters.FullWaits, 6}{counters.DoorbellsRung, 7}{counters.DoorbellsArmed, 7}"
            + $"{counters.Malformed, 4}\n";
    }
}
