namespace Cosmos.Multikernel.Messages;

/// <summary>What the generated proxy of a message interface tells about it.</summary>
public interface IMessageProxy<TSelf>
    where TSelf : IMessageProxy<TSelf>
{
    /// <summary>The service's name when none is given.</summary>
    static abstract string Service { get; }

    /// <summary>Changes with everything that changes the wire format: methods, their order, parameters, layouts.</summary>
    static abstract ulong InterfaceHash { get; }

    /// <summary>A proxy over a client.</summary>
    static abstract TSelf Create(MessageClient client);
}

/// <summary>The generated dispatcher of a message interface.</summary>
public interface IMessageDispatcher
{
    /// <summary>See <see cref="IMessageProxy{TSelf}.Service"/>.</summary>
    string Service { get; }

    /// <summary>See <see cref="IMessageProxy{TSelf}.InterfaceHash"/>.</summary>
    ulong InterfaceHash { get; }

    /// <summary>Calls the method a message names; the reader stands behind the header.</summary>
    void Dispatch(MessageSession session, MessageHeader header, ref MessageReader reader);
}

/// <summary>Takes a value out of a message.</summary>
public delegate T MessageDecoder<T>(ref MessageReader reader);

/// <summary>Puts a value into a message.</summary>
public delegate void MessageEncoder<T>(MessageWriter writer, T value);

/// <summary>The result of a method without one.</summary>
public readonly record struct Nothing
{
    /// <summary>Takes nothing out of a message.</summary>
    public static Nothing Read(ref MessageReader reader) => default;
}
