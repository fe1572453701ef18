namespace Cosmos.Multikernel.Drivers.Network.Dhcp;

/// <summary>What a server has lent. Times count from the stack's start.</summary>
/// <param name="Configuration">The address and what goes with it.</param>
/// <param name="Server">Who lent it.</param>
/// <param name="Renewal">When to ask that server to go on (T1).</param>
/// <param name="Rebinding">When to ask any server (T2).</param>
/// <param name="Expiry">When it is over.</param>
internal sealed record DhcpLease(
    Ipv4Configuration Configuration,
    Ipv4Address Server,
    TimeSpan Renewal,
    TimeSpan Rebinding,
    TimeSpan Expiry
)
{
    /// <summary>The lease that a message gives.</summary>
    /// <param name="message">An offer or an acknowledgement.</param>
    /// <param name="from">When it was asked for: from then on it counts (RFC 2131, 4.4.1).</param>
    /// <returns>Null when the message gives none that can be used.</returns>
    public static DhcpLease? Of(DhcpMessage message, TimeSpan from)
    {
        int prefix = message.Mask.IsAny
            ? ClassPrefix(message.YourAddress)
            : message.Mask.MaskPrefix;
        Ipv4Configuration configuration = new(
            message.YourAddress,
            prefix,
            message.Router,
            [.. message.NameServers],
            message.Domain
        );
        if (configuration.Problem() is not null)
        {
            // A router that cannot be one does not make the address useless.
            configuration = configuration with
            {
                Router = Ipv4Address.Any,
            };
        }
        if (
            configuration.Problem() is not null
            || message.Server.IsAny
            || message.Lease is not { } lease
        )
        {
            return null;
        }
        if (lease == DhcpMessage.Forever)
        {
            return new DhcpLease(
                configuration,
                message.Server,
                TimeSpan.MaxValue,
                TimeSpan.MaxValue,
                TimeSpan.MaxValue
            );
        }
        // RFC 2131, 4.4.5: a half and seven eighths, unless the server said otherwise and that makes sense.
        double rebinding = message.Rebinding < lease ? message.Rebinding.Value : lease * 0.875;
        double renewal = message.Renewal < rebinding ? message.Renewal.Value : lease * 0.5;
        renewal = Math.Min(renewal, rebinding);
        return new DhcpLease(
            configuration,
            message.Server,
            from + TimeSpan.FromSeconds(renewal),
            from + TimeSpan.FromSeconds(rebinding),
            from + TimeSpan.FromSeconds(lease)
        );
    }

    // What a network was before masks were told (RFC 791, 3.2): for servers that do not tell.
    private static int ClassPrefix(Ipv4Address address) =>
        (address.Value >> 30) switch
        {
            0 or 1 => 8,
            2 => 16,
            _ => 24,
        };
}
