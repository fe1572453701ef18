namespace Cosmos.Multikernel.Drivers.Registers;

/// <summary>
/// Marks a <c>sealed partial class</c> whose partial properties are a device's registers. The generator writes their accesses, each
/// one of exactly the property's width, and a constructor over a <see cref="RegisterWindow"/>; docs/devices.md says what may
/// appear.
/// </summary>
/// <param name="source">The manual and section that the registers are from.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DeviceRegistersAttribute(string source) : Attribute
{
    /// <summary>The manual and section that the registers are from.</summary>
    public string Source { get; } = source;
}

/// <summary>A register: a partial property of an integer type of 1, 2, 4 or 8 bytes, or of an enumeration of one.</summary>
/// <param name="offset">Bytes from the block's beginning; a multiple of its size.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RegisterAttribute(int offset) : Attribute
{
    /// <summary>Bytes from the block's beginning.</summary>
    public int Offset { get; } = offset;
}
