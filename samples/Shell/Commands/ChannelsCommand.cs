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
            "CORE  INSTANCE      SERVICE       STATE             SENT  RECEIVED     BYTES   FULL   RANG  SLEPT  MALFORMED\n"
        );
        foreach (var row in rows)
        {
            Console.Out.Write(row);
        }
    }

    private static string Row(Channel channel)
    {
        var counters = channel.Counters;
        return $"{channel.PeerCore, 4}  {channel.PeerName, -12}  {channel.Service, -12}  "
            + $"{channel.State.ToString().ToLowerInvariant(), -12}"
            + $"{counters.MessagesSent, 10}{counters.MessagesReceived, 10}"
            + $"{counters.BytesSent + counters.BytesReceived, 10}"
            + $"{counters.FullWaits, 7}{counters.DoorbellsRung, 7}{counters.DoorbellsArmed, 7}{counters.Malformed, 11}\n";
    }
}
