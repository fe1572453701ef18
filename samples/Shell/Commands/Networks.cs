using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.Network.Dns;
using Cosmos.Multikernel.Drivers.Network.Service;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;

namespace Shell.Commands;

/// <summary>The networks that other cores serve.</summary>
internal static class Networks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // A driver that has just started has no name yet.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(3);

    // A DHCP server answers at once, or a little later.
    private const int AddressPatience = 10_000;

    /// <summary>The first network, once it has an address.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static async Task<NetworkClient> BindAsync(CancellationToken interrupt)
    {
        var network =
            await TryBindAsync(interrupt)
            ?? throw new CommandException("there is no network: no driver serves one");
        await network.Proxy.WaitForAddressAsync(AddressPatience);
        return network;
    }

    /// <summary>The first network, or null when there is none.</summary>
    public static async Task<NetworkClient?> TryBindAsync(CancellationToken interrupt)
    {
        try
        {
            return await NetworkClient.BindAsync(StartPatience, cancellation: interrupt);
        }
        catch (Exception exception)
            when (exception is TimeoutException or ChannelException or InvalidOperationException)
        {
            // Nobody serves it, its driver has just ended, or this image has no monitors and so no names.
            return null;
        }
    }

    /// <summary>All names under which somebody serves a network, with who does.</summary>
    /// <exception cref="CommandException">There are no names to look at.</exception>
    public static async Task<IReadOnlyList<NameRecord>> ListAsync(CancellationToken interrupt)
    {
        try
        {
            List<NameRecord> found = [];
            for (var number = 0; number < NetworkServer.MostNames; number++)
            {
                var name = NetworkServer.NameOf(number);
                if (await Names.FindAsync(name, Patience, interrupt) is not { } record)
                {
                    break;
                }

                found.Add(record);
            }

            return found;
        }
        catch (Exception exception)
            when (exception is ChannelException or InvalidOperationException)
        {
            throw new CommandException(exception.Message);
        }
    }

    /// <summary>A host's first IPv4 address.</summary>
    /// <exception cref="CommandException">It has none.</exception>
    public static async Task<DnsAnswer> ResolveAsync(
        NetworkClient network,
        string host,
        CancellationToken interrupt
    )
    {
        var answer = await network.ResolveAsync(host).WaitAsync(interrupt);
        return answer.Addresses.Count > 0
            ? answer
            : throw new CommandException($"{host}: {NetworkException.Describe(answer.Error)}");
    }
}
