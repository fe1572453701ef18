using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.Network.Service;

/// <summary>Serves a network stack to whoever connects. On the event loop.</summary>
public sealed class NetworkServer(NetworkStack stack)
{
    /// <summary>The name under which the first stack of a machine is found; further ones have a number behind it.</summary>
    public const string Name = "network";

    /// <summary>Most stacks of a machine that get a name.</summary>
    public const int MostNames = 16;

    /// <summary>The name of a machine's stack, from 0.</summary>
    public static string NameOf(int number) => number == 0 ? Name : $"{Name}{number}";

    /// <summary>Takes the first free name ("network", else "network1" and so on) and serves all who bind to it, until cancelled.</summary>
    /// <exception cref="NameTakenException">All names are taken.</exception>
    public async Task ServeByNameAsync(CancellationToken cancellation = default)
    {
        for (int number = 0; ; number++)
        {
            try
            {
                await Names.ServeEachAsync(
                    NameOf(number),
                    NetworkProxy.InterfaceHash,
                    channel => ServeAsync(channel, cancellation),
                    cancellation: cancellation
                );
                return;
            }
            catch (NameTakenException) when (number + 1 < MostNames)
            {
                // Another NIC's stack has it.
            }
        }
    }

    /// <summary>Accepts clients that connect to this instance itself, and serves each until cancelled.</summary>
    public async Task ServeAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            Channel channel = await Channel.AcceptAsync(NetworkProxy.Service, cancellation);
            _ = ServeAsync(channel, cancellation);
        }
    }

    /// <summary>Serves one client until it leaves; then all it had open is closed.</summary>
    public async Task ServeAsync(Channel channel, CancellationToken cancellation = default)
    {
        using NetworkSession session = new(stack);
        await MessageServer.ServeAsync(channel, new NetworkDispatcher(session), cancellation);
    }
}
