using Cosmos.Multikernel;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Service;

namespace Shell.Commands;

/// <summary>Echo requests to a station of the network, a second apart.</summary>
internal static class HostPing
{
    private const int DataLength = 56;
    private const int TimeToLive = 64;

    // Longer than ARP asks for a station that is not there: then the reason is told.
    private const int Patience = 4_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(
        NetworkClient network,
        string host,
        int count,
        CancellationToken interrupt
    )
    {
        await network.Proxy.WaitForAddressAsync(10_000);
        var answer = await Networks.ResolveAsync(network, host, interrupt);
        var address = answer.Addresses[0];
        Console.Out.Write($"{DataLength} bytes to {answer.Name} ({address})\n");
        List<double> milliseconds = [];
        for (var sequence = 1; sequence <= count; sequence++)
        {
            interrupt.ThrowIfCancellationRequested();
            var reply = await network.Proxy.PingAsync(address, DataLength, TimeToLive, Patience);
            var time = reply.Nanoseconds / 1e6;
            if (reply.Error == NetworkError.None)
            {
                milliseconds.Add(time);
                Console.Out.Write(
                    $"answer {sequence} from {reply.From}: time to live {reply.TimeToLive}, {time:0.000} ms\n"
                );
            }
            else
            {
                Console.Out.Write(
                    $"no answer {sequence}: {NetworkException.Describe(reply.Error)}\n"
                );
            }

            if (sequence < count)
            {
                await EventLoop.Current.Delay(Interval, interrupt);
            }
        }

        milliseconds.Sort();
        Console.Out.Write($"{count} sent, {milliseconds.Count} answered");
        if (milliseconds.Count == 0)
        {
            Console.Out.Write("\n");
            throw new CommandException($"{host} does not answer");
        }

        Console.Out.Write(
            $": min {milliseconds[0]:0.000}, median {milliseconds[milliseconds.Count / 2]:0.000}, max {milliseconds[^1]:0.000} ms\n"
        );
    }
}
