using Microsoft.CodeAnalysis;

namespace Cosmos.Multikernel.Generators.DeviceRegisters;

/// <summary>What a block of registers may not contain. docs/devices.md lists them with what to do instead.</summary>
internal static class Diagnostics
{
    public static readonly DiagnosticDescriptor ClassKind = Error(
        "CMK0301",
        "Registers are declared in a sealed partial class",
        "{0} must be a sealed partial class that is neither nested, generic nor derived"
    );

    public static readonly DiagnosticDescriptor PropertyKind = Error(
        "CMK0302",
        "A register is a partial property",
        "{0} must be a partial property of an instance"
    );

    public static readonly DiagnosticDescriptor PropertyType = Error(
        "CMK0303",
        "A register is an unsigned integer",
        "{0} is of type {1}: a register is a byte, ushort, uint or ulong, or an enumeration of one of these"
    );

    public static readonly DiagnosticDescriptor Offset = Error(
        "CMK0304",
        "A register lies at a multiple of its size",
        "{0} has {1} bytes and lies at 0x{2:x}: an access there would not be one access"
    );

    public static readonly DiagnosticDescriptor Overlap = Error(
        "CMK0305",
        "Two registers lie at one place",
        "{0} and {1} overlap, and both are {2}"
    );

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "Registers", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
