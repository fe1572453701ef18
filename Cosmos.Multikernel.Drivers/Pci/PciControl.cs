namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>
/// What is changed in a function's configuration space on behalf of its driver: what it decodes, whether it reads and writes
/// memory, how it interrupts.
/// </summary>
public sealed class PciControl(IPciConfiguration space, PciFunction function)
{
    // Local APICs take messages here (Intel SDM volume 3A, section 11.11.1): anywhere else a message would overwrite memory.
    private const ulong MessageAddress = 0xfee0_0000;
    private const ulong MessageAddressMask = 0xffff_ffff_fff0_0000;

    private const int CommandSize = sizeof(ushort);

    // PCI Express Base 5.0, section 7.5.3.3 and 7.5.3.4.
    private const int ExpressDeviceCapabilities = 4;
    private const uint ExpressResetCapable = 1u << 28;
    private const int ExpressDeviceControl = 8;
    private const ushort ExpressReset = 1 << 15;

    // Advanced Capabilities for Conventional PCI ECN, section 1.
    private const int FeatureBits = 3;
    private const byte FeatureReset = 1 << 1;
    private const int FeatureControl = 4;

    // A function may take so long to come back (PCI Express Base 5.0, section 6.6.2).
    private static readonly TimeSpan ResetTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether it may read and write memory by itself.</summary>
    public bool IsBusMaster => Command.HasFlag(PciCommand.BusMaster);

    private PciCommand Command
    {
        get => (PciCommand)space.Read16(function.Address, PciRegister.Command);
        set => space.Write(function.Address, PciRegister.Command, CommandSize, (ushort)value);
    }

    /// <summary>Lets it answer at its addresses, and interrupt by its line until it is told to send messages.</summary>
    public void Open() =>
        Command =
            (Command | PciCommand.Ports | PciCommand.Memory)
            & ~(PciCommand.LineDisabled | PciCommand.BusMaster);

    /// <summary>Lets it read and write memory, or no more.</summary>
    public void SetBusMaster(bool on) =>
        Command = on ? Command | PciCommand.BusMaster : Command & ~PciCommand.BusMaster;

    /// <summary>It neither touches memory nor interrupts any more.</summary>
    public void Silence()
    {
        Command = (Command & ~PciCommand.BusMaster) | PciCommand.LineDisabled;
        foreach (PciCapability capability in function.Capabilities)
        {
            int control = capability.Offset + PciMessages.Control;
            ushort enabled = capability.Id switch
            {
                PciCapabilityId.Msi => PciMessages.MsiEnabled,
                PciCapabilityId.MsiX => PciMessages.MsiXEnabled,
                _ => 0,
            };
            if (enabled != 0)
            {
                ushort before = space.Read16(function.Address, control);
                space.Write16(function.Address, control, (ushort)(before & ~enabled));
            }
        }
    }

    /// <summary>Lets it send the messages of its table, which its driver has filled in.</summary>
    public void EnableMsiX(in PciMessages messages)
    {
        int control = messages.Offset + PciMessages.Control;
        ushort before = space.Read16(function.Address, control);
        space.Write16(
            function.Address,
            control,
            (ushort)((before | PciMessages.MsiXEnabled) & ~PciMessages.MsiXMasked)
        );
        Command |= PciCommand.LineDisabled;
    }

    /// <summary>Lets it send messages.</summary>
    /// <param name="messages">Its capability.</param>
    /// <param name="address">Where to.</param>
    /// <param name="data">What for the first one; a multiple of <paramref name="count"/>.</param>
    /// <param name="count">How many; a power of two, at most what the capability says.</param>
    /// <exception cref="ArgumentException">The address is no local APIC's, or the count is wrong.</exception>
    public void EnableMsi(in PciMessages messages, ulong address, uint data, int count)
    {
        CheckMessage(address);
        if (count < 1 || count > messages.Count || (count & (count - 1)) != 0 || data % count != 0)
        {
            throw new ArgumentException(
                $"{function.Address} cannot send {count} messages from {data} on."
            );
        }
        int at = messages.Offset;
        ushort control = space.Read16(function.Address, at + PciMessages.Control);
        bool isWide = (control & PciMessages.MsiWide) != 0;
        space.Write32(function.Address, at + 4, (uint)address);
        if (isWide)
        {
            space.Write32(function.Address, at + 8, (uint)(address >> 32));
        }
        space.Write16(function.Address, at + (isWide ? 12 : 8), (ushort)data);
        if ((control & PciMessages.MsiMaskable) != 0)
        {
            space.Write32(function.Address, at + (isWide ? 16 : 12), 0);
        }
        int logarithm = int.Log2(count);
        control = (ushort)(
            (control & ~(7 << PciMessages.MsiEnabledCountShift))
            | (logarithm << PciMessages.MsiEnabledCountShift)
            | PciMessages.MsiEnabled
        );
        space.Write16(function.Address, at + PciMessages.Control, control);
        Command |= PciCommand.LineDisabled;
    }

    /// <summary>Whether an interrupt message may go there.</summary>
    /// <exception cref="ArgumentException">It may not: memory would be overwritten.</exception>
    public static void CheckMessage(ulong address)
    {
        if ((address & MessageAddressMask) != MessageAddress)
        {
            throw new ArgumentException($"0x{address:x} is no address for interrupt messages.");
        }
    }

    /// <summary>
    /// Resets it, where it can be reset alone; it is silenced before. What it decodes stays as it was.
    /// </summary>
    /// <param name="delay">Waits.</param>
    /// <returns>False when it cannot be reset so: its driver has to.</returns>
    public async ValueTask<bool> ResetAsync(Func<TimeSpan, Task> delay)
    {
        Silence();
        if (!TryFindReset(out int offset, out int size, out uint value))
        {
            return false;
        }
        PciCommand command = Command;
        uint[] bars = new uint[PciBars.Count];
        for (int i = 0; i < bars.Length; i++)
        {
            bars[i] = space.Read32(function.Address, PciRegister.FirstBar + i * sizeof(uint));
        }
        byte line = space.Read8(function.Address, PciRegister.InterruptLine);
        space.Write(function.Address, offset, size, value);
        await delay(ResetTime);
        for (int i = 0; i < bars.Length; i++)
        {
            space.Write32(function.Address, PciRegister.FirstBar + i * sizeof(uint), bars[i]);
        }
        space.Write(function.Address, PciRegister.InterruptLine, 1, line);
        Command = command;
        return true;
    }

    private bool TryFindReset(out int offset, out int size, out uint value)
    {
        (offset, size, value) = (0, 0, 0);
        if (function.Find(PciCapabilityId.PciExpress) is { } express)
        {
            uint features = space.Read32(
                function.Address,
                express.Offset + ExpressDeviceCapabilities
            );
            offset = express.Offset + ExpressDeviceControl;
            size = sizeof(ushort);
            value = space.Read16(function.Address, offset) | (uint)ExpressReset;
            return (features & ExpressResetCapable) != 0;
        }
        if (function.Find(PciCapabilityId.AdvancedFeatures) is { } advanced)
        {
            byte features = space.Read8(function.Address, advanced.Offset + FeatureBits);
            offset = advanced.Offset + FeatureControl;
            size = 1;
            value = 1;
            return (features & FeatureReset) != 0;
        }
        return false;
    }
}
