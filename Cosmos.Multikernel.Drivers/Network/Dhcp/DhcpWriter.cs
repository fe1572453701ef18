using System.Buffers.Binary;
using System.Text;

namespace Cosmos.Multikernel.Drivers.Network.Dhcp;

/// <summary>Writes a client's message into a buffer.</summary>
internal ref struct DhcpWriter
{
    /// <summary>Longer than any message that is written here.</summary>
    public const int BufferSize = 576;

    private readonly Span<byte> buffer;
    private int length;

    /// <param name="buffer"><see cref="BufferSize"/> bytes.</param>
    /// <param name="type">What for.</param>
    /// <param name="transaction">By which server and client know that they speak of the same.</param>
    /// <param name="seconds">Since the client began.</param>
    /// <param name="own">The client's address, when it has one that works.</param>
    /// <param name="station">The client.</param>
    public DhcpWriter(
        Span<byte> buffer,
        DhcpType type,
        uint transaction,
        ushort seconds,
        Ipv4Address own,
        MacAddress station
    )
    {
        buffer.Clear();
        this.buffer = buffer;
        buffer[0] = DhcpMessage.BootRequest;
        buffer[1] = 1;
        buffer[2] = MacAddress.Size;
        BinaryPrimitives.WriteUInt32BigEndian(buffer[DhcpMessage.TransactionOffset..], transaction);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[8..], seconds);
        own.Write(buffer[12..]);
        station.Write(buffer[DhcpMessage.HardwareOffset..]);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[236..], DhcpMessage.Cookie);
        length = DhcpMessage.FixedSize;
        Add(DhcpOption.MessageType, [(byte)type]);
        Span<byte> identifier = stackalloc byte[1 + MacAddress.Size];
        identifier[0] = 1;
        station.Write(identifier[1..]);
        Add(DhcpOption.ClientIdentifier, identifier);
    }

    public void Add(byte option, scoped ReadOnlySpan<byte> value)
    {
        buffer[length] = option;
        buffer[length + 1] = (byte)value.Length;
        value.CopyTo(buffer[(length + 2)..]);
        length += 2 + value.Length;
    }

    public void Add(byte option, Ipv4Address address)
    {
        Span<byte> value = stackalloc byte[Ipv4Address.Size];
        address.Write(value);
        Add(option, value);
    }

    /// <summary>What a client tells of itself and wants to know.</summary>
    public void AddWishes(string hostName)
    {
        Add(
            DhcpOption.ParameterList,
            [
                DhcpOption.SubnetMask,
                DhcpOption.Router,
                DhcpOption.NameServers,
                DhcpOption.DomainName,
                DhcpOption.LeaseTime,
                DhcpOption.RenewalTime,
                DhcpOption.RebindingTime,
            ]
        );
        Span<byte> size = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(size, 1500);
        Add(DhcpOption.MaximumSize, size);
        if (hostName.Length is > 0 and <= 63 && Ascii.IsValid(hostName))
        {
            Add(DhcpOption.HostName, Encoding.ASCII.GetBytes(hostName));
        }
    }

    /// <summary>The message.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        buffer[length++] = DhcpOption.End;
        return buffer[..Math.Max(length, DhcpMessage.ShortestSent)];
    }
}
