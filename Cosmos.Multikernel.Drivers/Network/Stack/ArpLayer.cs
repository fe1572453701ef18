using System.Buffers;
using Cosmos.Multikernel.Drivers.Network.Wire;

namespace Cosmos.Multikernel.Drivers.Network.Stack;

/// <summary>Finds neighbours' hardware addresses (RFC 826, RFC 1122 2.3.2).</summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>Only who was asked for, or asks for us, gets an entry: a flood of announcements fills nothing.</item>
/// <item>Whoever is asked for is asked at most once a second (RFC 1122, 2.3.2.1). Packets wait meanwhile, within bounds; when
/// nobody answers, their senders hear of it as of an ICMP error.</item>
/// <item>An entry that has not been confirmed for a minute is asked again, by unicast, when it is next used.</item>
/// </list>
/// </remarks>
internal sealed class ArpLayer(NetworkStack stack) : ITimedPart
{
    public const int MostEntries = 256;
    public const int MostWaitingPackets = 64;
    private const int MostWaitingBytes = 512 << 10;
    private const int MostTries = 3;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Ipv4Address, ArpEntry> entries = [];
    private readonly List<ArpEntry> due = [];
    private int waitingBytes;

    public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

    public IEnumerable<ArpEntry> Entries => entries.Values;

    /// <summary>The hardware address of a neighbour, when it can be sent to at once.</summary>
    public bool TryFind(Ipv4Address neighbour, out MacAddress mac)
    {
        mac = default;
        if (!entries.TryGetValue(neighbour, out ArpEntry? entry))
        {
            return false;
        }
        if (entry.State == ArpState.Known)
        {
            TimeSpan age = stack.Now - entry.Confirmed;
            if (age > Forgotten)
            {
                entries.Remove(neighbour);
                return false;
            }
            if (age > Fresh)
            {
                entry.State = ArpState.Checking;
                entry.Tries = 0;
                Ask(entry);
            }
        }
        mac = entry.Mac;
        return entry.State != ArpState.Resolving;
    }

    /// <summary>Keeps a packet until its neighbour is known, asking for it.</summary>
    /// <param name="neighbour">For whom.</param>
    /// <param name="buffer">Rented; the layer's from now on. Holds the packet, its destination not filled in.</param>
    /// <param name="length">Bytes of the packet.</param>
    /// <returns>False when too much waits: the packet is dropped.</returns>
    public bool Wait(Ipv4Address neighbour, byte[] buffer, int length)
    {
        if (!entries.TryGetValue(neighbour, out ArpEntry? entry))
        {
            entry = Add(neighbour);
            if (entry is not null)
            {
                Ask(entry);
            }
        }
        if (
            entry is null
            || entry.Waiting.Count == MostWaitingPackets
            || waitingBytes + buffer.Length > MostWaitingBytes
        )
        {
            ArrayPool<byte>.Shared.Return(buffer);
            stack.Counters.Drop(DropReason.ArpQueueFull);
            return false;
        }
        waitingBytes += buffer.Length;
        entry.Waiting.Enqueue((buffer, length));
        return true;
    }

    /// <summary>An ARP message came.</summary>
    public void Received(ReadOnlySpan<byte> payload)
    {
        DropReason reason = ArpMessage.TryParse(payload, out ArpMessage message);
        if (reason != DropReason.None)
        {
            stack.Counters.Drop(reason);
            return;
        }
        if (message.SenderMac == stack.Device.Address)
        {
            // What we sent ourselves, back from a switch's loop.
            return;
        }
        if (stack.Claim.Sees(message))
        {
            return;
        }
        Ipv4Configuration configuration = stack.Configuration;
        bool isNeighbour =
            !message.Sender.IsAny
            && configuration.IsOnLink(message.Sender)
            && !configuration.IsBroadcast(message.Sender);
        bool asksForUs =
            !configuration.Address.IsAny
            && message.Target == configuration.Address
            && message.Operation == ArpMessage.Request;
        if (isNeighbour)
        {
            ArpEntry? entry = entries.GetValueOrDefault(message.Sender);
            entry ??= asksForUs ? Add(message.Sender) : null;
            if (entry is not null)
            {
                Learn(entry, message.SenderMac);
            }
        }
        if (asksForUs)
        {
            Send(
                message.SenderMac,
                new ArpMessage(
                    ArpMessage.Reply,
                    stack.Device.Address,
                    configuration.Address,
                    message.SenderMac,
                    message.Sender
                )
            );
        }
    }

    /// <summary>Says that an address is ours (RFC 5227, 2.3), which also renews what others have in their tables.</summary>
    public void Announce(Ipv4Address address) =>
        Send(
            MacAddress.Broadcast,
            new ArpMessage(ArpMessage.Request, stack.Device.Address, address, default, address)
        );

    /// <summary>Asks whether anybody has an address, without saying that we want it (RFC 5227, 2.1.1).</summary>
    public void Probe(Ipv4Address address) =>
        Send(
            MacAddress.Broadcast,
            new ArpMessage(
                ArpMessage.Request,
                stack.Device.Address,
                Ipv4Address.Any,
                default,
                address
            )
        );

    /// <summary>Another network, or none: nobody known is a neighbour any more.</summary>
    public void Clear(NetworkError error)
    {
        // First, for whoever hears that his packet is lost may send another at once.
        Due = TimeSpan.MaxValue;
        foreach (ArpEntry entry in entries.Values.ToArray())
        {
            GiveUp(entry, error);
        }
    }

    /// <inheritdoc/>
    public void RunDue(TimeSpan now)
    {
        if (now < Due)
        {
            return;
        }
        due.AddRange(entries.Values.Where(entry => entry.Due <= now));
        Due = entries
            .Values.Where(entry => entry.Due > now)
            .Select(entry => entry.Due)
            .DefaultIfEmpty(TimeSpan.MaxValue)
            .Min();
        foreach (ArpEntry entry in due)
        {
            if (entry.Tries < MostTries)
            {
                Ask(entry);
            }
            else
            {
                GiveUp(entry, NetworkError.HostUnreachable);
            }
        }
        due.Clear();
    }

    private ArpEntry? Add(Ipv4Address neighbour)
    {
        if (entries.Count == MostEntries)
        {
            // The one confirmed longest ago; those with packets waiting stay.
            ArpEntry? oldest = entries
                .Values.Where(entry => entry.State != ArpState.Resolving)
                .MinBy(entry => entry.Confirmed);
            if (oldest is null)
            {
                return null;
            }
            entries.Remove(oldest.Address);
        }
        ArpEntry added = new(neighbour);
        entries.Add(neighbour, added);
        return added;
    }

    private void Ask(ArpEntry entry)
    {
        entry.Tries++;
        entry.Due = stack.Now + Retry;
        Due = entry.Due < Due ? entry.Due : Due;
        bool isKnown = entry.State == ArpState.Checking;
        Send(
            isKnown ? entry.Mac : MacAddress.Broadcast,
            new ArpMessage(
                ArpMessage.Request,
                stack.Device.Address,
                stack.Configuration.Address,
                isKnown ? entry.Mac : default,
                entry.Address
            )
        );
    }

    private void Learn(ArpEntry entry, MacAddress mac)
    {
        entry.State = ArpState.Known;
        entry.Mac = mac;
        entry.Confirmed = stack.Now;
        entry.Due = TimeSpan.MaxValue;
        entry.Tries = 0;
        while (entry.Waiting.TryDequeue(out (byte[] Buffer, int Length) packet))
        {
            Span<byte> bytes = packet.Buffer.AsSpan(0, packet.Length);
            mac.Write(bytes);
            stack.SendPacket(bytes);
            Return(packet.Buffer);
        }
    }

    private void GiveUp(ArpEntry entry, NetworkError error)
    {
        entries.Remove(entry.Address);
        while (entry.Waiting.TryDequeue(out (byte[] Buffer, int Length) packet))
        {
            stack.Counters.Drop(DropReason.ArpUnresolved);
            stack.Ipv4.Undeliverable(
                packet.Buffer.AsSpan(EthernetHeader.Size, packet.Length - EthernetHeader.Size),
                error,
                stack.Configuration.Address
            );
            Return(packet.Buffer);
        }
    }

    private void Return(byte[] buffer)
    {
        waitingBytes -= buffer.Length;
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Send(MacAddress destination, ArpMessage message)
    {
        if (!stack.TryReserve(EthernetHeader.Size + ArpMessage.Size, out Span<byte> packet))
        {
            return;
        }
        EthernetHeader.Write(packet, destination, stack.Device.Address, EthernetHeader.Arp);
        message.Write(packet[EthernetHeader.Size..]);
        stack.Commit(packet.Length);
    }
}
