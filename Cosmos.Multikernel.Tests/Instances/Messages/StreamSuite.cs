using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Messages;

/// <summary>The numbered stream between two cores.</summary>
internal static class StreamSuite
{
    private const int Count = 100_000;
    private const int OneIn = 2_000;
    private const uint Slots = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(string[] args, bool isSender, int partner)
    {
        var stream = new NumberedStream(
            args.Length > 1 ? int.Parse(args[1]) : Count,
            seed: 1,
            args.Length > 2 ? int.Parse(args[2]) : OneIn
        );
        try
        {
            using var channel = isSender
                ? await Channel.ConnectAsync(
                    partner,
                    Instance.Name,
                    new ChannelOptions { Slots = Slots, ConnectTimeout = Patience }
                )
                : await Channel.AcceptAsync(Patience);
            var said = isSender
                ? await stream.SendAsync(channel)
                : await stream.ReceiveAsync(channel);

            // Otherwise the stream did not try what it is there to try.
            Expect.That(channel.Counters.DoorbellsRung > 0);
            Expect.That(channel.Counters.DoorbellsArmed > 0);
            Expect.That(!isSender || channel.Counters.FullWaits > 0);
            TestRecord.Passed("messages.in-order", said);
            return 0;
        }
        catch (Exception exception)
            when (exception is ChannelException or ExpectationException or TimeoutException)
        {
            Console.WriteLine(exception);
            TestRecord.Failed("messages.in-order", exception.Message);
            return 1;
        }
    }
}
