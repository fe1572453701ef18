namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>
/// IDE controllers that answer where PCs of 1984 had them: at fixed ports, with ISA interrupts, whatever their base address registers
/// say (PCI IDE Controller Specification 1.0, section 2.1).
/// </summary>
internal static class IdeCompatibility
{
    private const ushort IdeController = 0x0101;
    private const int Channels = 2;
    private const int ChannelBars = 2;

    private static readonly (ushort Command, ushort Control, byte Interrupt)[] Places =
    [
        (0x1f0, 0x3f4, 14),
        (0x170, 0x374, 15),
    ];

    /// <summary>The ISA interrupt of a channel; null where it interrupts as other functions do.</summary>
    public static byte? LineOf(in PciIdentity identity, int channel) =>
        channel is >= 0 and < Channels && IsFixed(identity, channel)
            ? Places[channel].Interrupt
            : null;

    /// <summary>Says where the channels that have fixed ports are.</summary>
    public static void Complete(in PciIdentity identity, ref PciBars bars)
    {
        for (int channel = 0; channel < Channels; channel++)
        {
            if (IsFixed(identity, channel))
            {
                var (command, control, _) = Places[channel];
                bars[channel * ChannelBars] = new PciBar(PciBarKind.Ports, false, command, 8);
                bars[channel * ChannelBars + 1] = new PciBar(PciBarKind.Ports, false, control, 4);
            }
        }
    }

    // The programming interface has two bits for each channel, of which the lower says "not fixed".
    private static bool IsFixed(in PciIdentity identity, int channel) =>
        identity.SubClass == IdeController && (identity.Class & (1u << (channel * 2))) == 0;
}
