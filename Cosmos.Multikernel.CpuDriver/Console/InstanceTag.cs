namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>
/// The tag in front of a line from an instance, "[core name] ", or about one, "[core name]: ". Only the CPU driver writes the
/// second: no instance can pretend another's end, or its own.
/// </summary>
public static unsafe class InstanceTag
{
    /// <summary>The most bytes a tag has.</summary>
    public const int MaximumBytes = Domains.Domain.MaximumName + 16;

    public static void Write(ref TextBuilder line, byte* name, uint nameLength)
    {
        line.Text("["u8);
        line.Decimal(Cores.ThisCore.Index);
        line.Text(" "u8);
        line.Text(name, nameLength);
        line.Text("]"u8);
    }
}
