namespace Cosmos.Multikernel.Messages;

/// <summary>
/// Marks an interface whose methods are messages. The generator writes, beside an <c>IDisk</c>, a <c>DiskProxy</c> that sends
/// them and a <c>DiskDispatcher</c> that receives them; docs/messages.md has the wire format and what may appear in it.
/// </summary>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class MessageInterfaceAttribute : Attribute
{
    /// <summary>The service's name when the connecting side gives none; null for the interface's full name.</summary>
    public string? Service { get; init; }
}

/// <summary>Marks a method nobody waits for: its <see cref="ValueTask"/> completes when the message is in the ring.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;
