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

/// <summary>The first eight bytes of each message.</summary>
/// <param name="Call">Number of the call, chosen by the client; not in use twice at a time.</param>
/// <param name="Method">Place of the method in the interface.</param>
/// <param name="Kind">What the message is for.</param>
/// <param name="Capabilities">How many capabilities go with it; their numbers (u32) are its last bytes.</param>
public readonly record struct MessageHeader(
    uint Call,
    ushort Method,
    MessageKind Kind,
    byte Capabilities = 0
)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 8;
}
