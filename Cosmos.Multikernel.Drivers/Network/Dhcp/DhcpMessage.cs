using System.Buffers.Binary;
using System.Text;

namespace Cosmos.Multikernel.Drivers.Network.Dhcp;

/// <summary>What a DHCP message is for (RFC 2132, 9.6).</summary>
internal enum DhcpType : byte
{
    None = 0,
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Ack = 5,
    Nak = 6,
    Release = 7,
    Inform = 8,
}

/// <summary>Numbers of options (RFC 2132).</summary>
internal static class DhcpOption
{
    public const byte Pad = 0;
    public const byte SubnetMask = 1;
    public const byte Router = 3;
    public const byte NameServers = 6;
    public const byte HostName = 12;
    public const byte DomainName = 15;
    public const byte RequestedAddress = 50;
    public const byte LeaseTime = 51;
    public const byte Overload = 52;
    public const byte MessageType = 53;
    public const byte ServerIdentifier = 54;
    public const byte ParameterList = 55;
    public const byte MaximumSize = 57;
    public const byte RenewalTime = 58;
    public const byte RebindingTime = 59;
    public const byte ClientIdentifier = 61;
    public const byte End = 255;
}

/// <summary>A server's message, as far as it was understood. Only what a client needs is kept.</summary>
internal sealed class DhcpMessage
{
    public const int FixedSize = 240;
    public const ushort ClientPort = 68;
    public const ushort ServerPort = 67;
    public const uint Forever = uint.MaxValue;

    // BOOTP's shortest message, which old relays insist on (RFC 1542, 2.1).
    public const int ShortestSent = 300;
    public const byte BootRequest = 1;
    public const uint Cookie = 0x6382_5363;
    public const int TransactionOffset = 4;
    public const int HardwareOffset = 28;

    private const byte BootReply = 2;
    private const byte Ethernet = 1;
    private const int MostNameServers = 8;
    private const int ServerNameOffset = 44;
    private const int FileOffset = 108;
    private const int CookieOffset = 236;

    public DhcpType Type { get; private set; }

    public Ipv4Address YourAddress { get; private init; }

    public Ipv4Address Server { get; private set; }

    public Ipv4Address Mask { get; private set; }

    public Ipv4Address Router { get; private set; }

    public List<Ipv4Address> NameServers { get; } = [];

    public string Domain { get; private set; } = "";

    /// <summary>Seconds; null when it was not said.</summary>
    public uint? Lease { get; private set; }

    public uint? Renewal { get; private set; }

    public uint? Rebinding { get; private set; }

    /// <summary>Whether a message is a reply to a transaction of a station at all, which is looked at before anything else.</summary>
    public static bool IsFor(ReadOnlySpan<byte> message, uint transaction, MacAddress station) =>
        message.Length >= FixedSize
        && message[0] == BootReply
        && message[1] == Ethernet
        && message[2] == MacAddress.Size
        && BinaryPrimitives.ReadUInt32BigEndian(message[TransactionOffset..]) == transaction
        && MacAddress.Read(message[HardwareOffset..]) == station;

    /// <summary>Takes a message apart.</summary>
    /// <returns>Null when it cannot be.</returns>
    public static DhcpMessage? TryParse(ReadOnlySpan<byte> bytes)
    {
        if (
            bytes.Length < FixedSize
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[CookieOffset..]) != Cookie
        )
        {
            return null;
        }
        DhcpMessage message = new() { YourAddress = Ipv4Address.Read(bytes[16..]) };
        int overload = 0;
        bool isWhole = message.TryTakeOptions(bytes[FixedSize..], ref overload);
        // RFC 2131, 4.1: options may go on in the fields for the boot file and then the server's name.
        int nested = 0;
        if (isWhole && (overload & 1) != 0)
        {
            isWhole = message.TryTakeOptions(bytes[FileOffset..CookieOffset], ref nested);
        }
        if (isWhole && (overload & 2) != 0)
        {
            isWhole = message.TryTakeOptions(bytes[ServerNameOffset..FileOffset], ref nested);
        }
        return isWhole && message.Type != DhcpType.None ? message : null;
    }

    private bool TryTakeOptions(ReadOnlySpan<byte> options, ref int overload)
    {
        while (!options.IsEmpty && options[0] != DhcpOption.End)
        {
            if (options[0] == DhcpOption.Pad)
            {
                options = options[1..];
                continue;
            }
            if (options.Length < 2 || options.Length < 2 + options[1])
            {
                return false;
            }
            ReadOnlySpan<byte> value = options.Slice(2, options[1]);
            if (options[0] == DhcpOption.Overload)
            {
                if (value.Length != 1 || value[0] is 0 or > 3)
                {
                    return false;
                }
                overload = value[0];
            }
            else if (!TryTake(options[0], value))
            {
                return false;
            }
            options = options[(2 + value.Length)..];
        }
        return true;
    }

    private bool TryTake(byte option, ReadOnlySpan<byte> value)
    {
        switch (option)
        {
            case DhcpOption.MessageType:
                Type = value.Length == 1 ? (DhcpType)value[0] : DhcpType.None;
                return Type is > DhcpType.None and <= DhcpType.Inform;
            case DhcpOption.ServerIdentifier:
                Server = AddressOf(value);
                return Server.IsUnicast;
            case DhcpOption.SubnetMask:
                Mask = AddressOf(value);
                return Mask.MaskPrefix > 0;
            case DhcpOption.Router:
                // The first is the one to use (RFC 2132, 3.5).
                Router = AddressOf(value[..Math.Min(4, value.Length)]);
                return value.Length % 4 == 0 && Router.IsUnicast;
            case DhcpOption.NameServers:
                return TryTakeNameServers(value);
            case DhcpOption.LeaseTime:
                Lease = SecondsOf(value);
                return Lease is > 0;
            case DhcpOption.RenewalTime:
                Renewal = SecondsOf(value);
                return Renewal is > 0;
            case DhcpOption.RebindingTime:
                Rebinding = SecondsOf(value);
                return Rebinding is > 0;
            case DhcpOption.DomainName:
                Domain = NameOf(value);
                return true;
            default:
                return true;
        }
    }

    private bool TryTakeNameServers(ReadOnlySpan<byte> value)
    {
        if (value.Length == 0 || value.Length % 4 != 0)
        {
            return false;
        }
        for (; !value.IsEmpty && NameServers.Count < MostNameServers; value = value[4..])
        {
            Ipv4Address server = Ipv4Address.Read(value);
            if (server.IsUnicast && !NameServers.Contains(server))
            {
                NameServers.Add(server);
            }
        }
        return true;
    }

    private static Ipv4Address AddressOf(ReadOnlySpan<byte> value) =>
        value.Length == Ipv4Address.Size ? Ipv4Address.Read(value) : default;

    private static uint? SecondsOf(ReadOnlySpan<byte> value) =>
        value.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(value) : null;

    /// <summary>A domain's name, or nothing when it has characters that no such name has.</summary>
    private static string NameOf(ReadOnlySpan<byte> value)
    {
        string name = Encoding.ASCII.GetString(value.TrimEnd((byte)0)).Trim('.');
        return name.All(character =>
            char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_'
        )
            ? name
            : "";
    }
}
