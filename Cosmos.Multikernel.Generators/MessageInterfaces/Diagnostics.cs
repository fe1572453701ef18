using Microsoft.CodeAnalysis;

namespace Cosmos.Multikernel.Generators.MessageInterfaces;

/// <summary>What a message interface may not contain. docs/messages.md lists them with what to do instead.</summary>
internal static class Diagnostics
{
    public static readonly DiagnosticDescriptor NotAMethod = Error(
        "CMK0101",
        "Only methods can be messages",
        "{0} is no ordinary method: a message interface has no properties, events, static or generic members"
    );

    public static readonly DiagnosticDescriptor ReturnType = Error(
        "CMK0102",
        "A message cannot return this type",
        "{0} returns {1}: a message returns ValueTask, ValueTask<T> or IAsyncEnumerable<T>, where T is an unmanaged type, a string, an array of those, a capability, or a pair of an unmanaged type and a capability"
    );

    public static readonly DiagnosticDescriptor ParameterType = Error(
        "CMK0103",
        "A message cannot carry this type",
        "Parameter {0} of {1} is of type {2}: a message carries unmanaged types, strings, arrays of those, ReadOnlySpan<byte>, ReadOnlyMemory<byte>, one Memory<byte> to be filled and one CancellationToken"
    );

    public static readonly DiagnosticDescriptor ParameterKind = Error(
        "CMK0104",
        "A message's parameters are passed by value",
        "Parameter {0} of {1} is passed by reference or is a params array: messages carry copies"
    );

    public static readonly DiagnosticDescriptor OneWay = Error(
        "CMK0105",
        "A one-way message has nothing to wait for",
        "{0} is one-way: it must return ValueTask and takes no CancellationToken"
    );

    public static readonly DiagnosticDescriptor InterfaceKind = Error(
        "CMK0106",
        "This interface cannot be a message interface",
        "{0} is generic, nested or derives from another interface: a message interface stands for itself"
    );

    public static readonly DiagnosticDescriptor Filled = Error(
        "CMK0107",
        "A message fills one piece of memory and says how that went",
        "{0} takes Memory<byte>, which its server fills: it takes one of these only, and returns ValueTask<T>"
    );

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "Messages", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
