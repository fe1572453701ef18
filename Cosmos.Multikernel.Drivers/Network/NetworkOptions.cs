namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>How a stack is to behave. The defaults suit a machine that is asked for nothing.</summary>
public sealed record NetworkOptions
{
    /// <summary>A fixed configuration; null asks a DHCP server for one.</summary>
    public Ipv4Configuration? Static { get; init; }

    /// <summary>The name this machine tells DHCP servers; empty for none.</summary>
    public string HostName { get; init; } = "";

    /// <summary>How often an address is asked for by ARP before it is used (RFC 5227); 0 uses it at once.</summary>
    public int ProbeCount { get; init; } = 3;

    /// <summary>Between two of those, and after the last. RFC 5227 has one to two seconds; today's links need no such wait.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(200);
}
