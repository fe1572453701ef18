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
            "CORE INSTANCE SERVICE  STATE        SENT RECEIVED   BYTES  FULL  RANG SLEPT BAD\n"
        );
        foreach (var row in rows)
        {
            Console.Out.Write(row);
        }
    }

    private static string Row(Channel channel)
    {
        var counters = channel.Counters;
        return $"{channel.PeerCore, 4} {channel.PeerName, -8} {channel.Service, -8} "
            + $"{channel.State.ToString().ToLowerInvariant(), -9}"
            + $"{counters.MessagesSent, 8}{counters.MessagesReceived, 9}"
            + $"{Size(counters.BytesSent + counters.BytesReceived), 8}"
            + $"{counters.FullWaits, 6}{counters.DoorbellsRung, 6}{counters.DoorbellsArmed, 6}"
            + $"{counters.Malformed, 4}\n";
    }

    // In at most seven characters.
    private static string Size(ulong bytes)
    {
        string[] units = ["", " KB", " MB", " GB", " TB"];
        var unit = 0;
        for (; bytes >= 10_000 && unit + 1 < units.Length; bytes /= 1024)
        {
            unit++;
        }

        return bytes + units[unit];
    }
}
