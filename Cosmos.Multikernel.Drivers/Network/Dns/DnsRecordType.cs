namespace Cosmos.Multikernel.Drivers.Network.Dns;

/// <summary>Which addresses are asked for. The numbers are DNS's (RFC 1035, RFC 3596).</summary>
public enum DnsRecordType : ushort
{
    /// <summary>IPv4.</summary>
    A = 1,

    /// <summary>IPv6.</summary>
    Aaaa = 28,
}
