namespace Cosmos.Multikernel.Drivers.Network.Dns;

/// <summary>Answers of the network's name servers, for as long as they may be believed.</summary>
internal sealed class DnsCache
{
    public const int MostEntries = 512;

    private readonly Dictionary<DnsKey, (DnsAnswer Answer, TimeSpan Expiry)> entries = [];

    public int Count => entries.Count;

    public bool TryFind(DnsKey key, TimeSpan now, out DnsAnswer? answer)
    {
        answer = null;
        if (!entries.TryGetValue(key, out (DnsAnswer Answer, TimeSpan Expiry) entry))
        {
            return false;
        }
        if (entry.Expiry <= now)
        {
            entries.Remove(key);
            return false;
        }
        answer = entry.Answer;
        return true;
    }

    public void Add(DnsKey key, DnsAnswer answer, TimeSpan now, uint seconds)
    {
        if (seconds == 0)
        {
            return;
        }
        entries.Remove(key);
        if (entries.Count >= MostEntries)
        {
            entries.Remove(entries.MinBy(entry => entry.Value.Expiry).Key);
        }
        entries.Add(key, (answer, now + TimeSpan.FromSeconds(seconds)));
    }

    /// <summary>Another network, other name servers: what they say may differ.</summary>
    public void Clear() => entries.Clear();
}

/// <summary>
/// A question: a name, its bytes on the wire as characters, which addresses, and who is asked if that are not the network's name servers.
/// </summary>
internal readonly record struct DnsKey(string Name, DnsRecordType Type, Ipv4Endpoint? Server);
