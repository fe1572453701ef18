namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>The tag in front of a line that is about an instance or from one: "[core name] ".</summary>
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
        line.Text("] "u8);
    }
}
