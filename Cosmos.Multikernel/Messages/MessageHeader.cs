namespace Cosmos.Multikernel.Messages;

/// <summary>What a message is for.</summary>
public enum MessageKind : byte
{
    /// <summary>First message in either direction: the interface's hash.</summary>
    Hello = 1,

    /// <summary>Client to server: call a method; the arguments follow.</summary>
    Call = 2,

    /// <summary>Client to server: call a method nobody waits for.</summary>
    OneWay = 3,

    /// <summary>Client to server: the call is not wanted any more.</summary>
    Cancel = 4,

    /// <summary>Client to server: so many (u32) more items of a stream may come.</summary>
    Credit = 5,

    /// <summary>Server to client: the call's result; ends a stream.</summary>
    Reply = 6,

    /// <summary>Server to client: the call failed; the exception's type and message follow as strings.</summary>
    Error = 7,

    /// <summary>Server to client: one item of a stream.</summary>
    Item = 8,

    /// <summary>Either: capabilities came whose message could not be sent; the receiver gives them up.</summary>
    Discard = 9,
}

/// <summary>The first eight bytes of each message: call, method, kind, capabilities, in this order.</summary>
/// <remarks>
/// One word, taken apart by shifts: fields that are stored one by one and loaded together a moment later would stall a
/// processor until its stores have reached the cache, on the way of every call.
/// </remarks>
public readonly record struct MessageHeader
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 8;

    private readonly ulong word;

    /// <summary>Puts a header together.</summary>
    /// <param name="call">Number of the call, chosen by the client; not in use twice at a time.</param>
    /// <param name="method">Place of the method in the interface.</param>
    /// <param name="kind">What the message is for.</param>
    /// <param name="capabilities">How many capabilities go with it; their numbers (u32) are its last bytes.</param>
    public MessageHeader(uint call, ushort method, MessageKind kind, byte capabilities = 0)
    {
        word = call | ((ulong)method << 32) | ((ulong)kind << 48) | ((ulong)capabilities << 56);
    }

    /// <summary>Number of the call.</summary>
    public uint Call
    {
        get => (uint)word;
        init => word = (word & ~(ulong)uint.MaxValue) | value;
    }

    /// <summary>Place of the method in the interface.</summary>
    public ushort Method => (ushort)(word >> 32);

    /// <summary>What the message is for.</summary>
    public MessageKind Kind
    {
        get => (MessageKind)(byte)(word >> 48);
        init => word = (word & ~(0xFFUL << 48)) | ((ulong)value << 48);
    }

    /// <summary>How many capabilities go with it.</summary>
    public byte Capabilities
    {
        get => (byte)(word >> 56);
        init => word = (word & ~(0xFFUL << 56)) | ((ulong)value << 56);
    }
}
