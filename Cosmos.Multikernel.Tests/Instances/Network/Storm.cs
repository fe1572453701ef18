using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Service;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Network;

/// <summary>
/// Echoes and pings without a pause, while the network's driver is killed again and again: what is under way then fails as it should, and
/// with its next life all goes on.
/// </summary>
internal static class Storm
{
    /// <summary>How often the driver is killed.</summary>
    public const int Deaths = 2;

    private const int BetweenDeaths = 300;

    // More than in HostEcho: requests are under way at any moment.
    private const int Senders = 4;

    private static readonly IpAddress Host = new(Ipv4Address.Parse("10.0.2.2"));
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Goes on until the driver has died so often, and each life has answered.</summary>
    public static async Task<string> RunAsync(int port)
    {
        var echoes = 0;
        var pings = 0;
        for (var life = 0; life <= Deaths; life++)
        {
            using var network = await NetworkClient.BindAsync(Patience);
            var shown = await network.Proxy.WaitForAddressAsync((int)Patience.TotalMilliseconds);
            Expect.That(shown.HasAddress);
            var inLife = 0;
            var isLast = life == Deaths;
            var number = life;
            using CancellationTokenSource enough = new();
            Task[] work =
            [
                .. Enumerable.Range(0, Senders).Select(_ => EchoAsync(network)),
                PingAsync(network),
            ];
            if (isLast)
            {
                await Task.WhenAll(work);
            }
            else
            {
                // All of them hear of it, each by its own call.
                foreach (var one in work)
                {
                    Expect.That(await EndsByDeathAsync(one));
                }
            }

            async Task EchoAsync(NetworkClient client)
            {
                await using var socket = await client.OpenUdpAsync();
                while (!enough.IsCancellationRequested)
                {
                    if (await HostEcho.TryExchangeAsync(socket, new(Host, port), echoes))
                    {
                        echoes++;
                        Count();
                    }
                }
            }

            async Task PingAsync(NetworkClient client)
            {
                while (!enough.IsCancellationRequested)
                {
                    var reply = await client.Proxy.PingAsync(Host, 56, 64, 1_000);
                    pings += reply.Error == NetworkError.None ? 1 : 0;
                }
            }

            void Count()
            {
                if (++inLife != BetweenDeaths)
                {
                    return;
                }

                if (isLast)
                {
                    enough.Cancel();
                }
                else
                {
                    Console.WriteLine(May(number + 1));
                }
            }
        }

        Expect.That(pings > Deaths);
        return $"{echoes} echoes, {pings} pings, {Deaths} deaths";
    }

    /// <summary>The line that says that the driver may die now.</summary>
    public static string May(int death) => $"death {death} may come";

    private static async Task<bool> EndsByDeathAsync(Task work)
    {
        try
        {
            await work.WaitAsync(Patience);
            return false;
        }
        catch (PeerEndedException)
        {
            return true;
        }
    }
}
