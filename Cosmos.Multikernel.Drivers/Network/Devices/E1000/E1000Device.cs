using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Pci;

namespace Cosmos.Multikernel.Drivers.Network.Devices.E1000;

/// <summary>The two of Intel's gigabit controllers that emulators have.</summary>
internal enum E1000Model
{
    /// <summary>PCI, with a line: QEMU, VirtualBox, VMware, Bochs.</summary>
    I82540,

    /// <summary>PCI Express, with MSI-X: QEMU's q35.</summary>
    I82574,
}

/// <summary>Intel's gigabit Ethernet controllers 82540EM and 82574L: one ring each way, legacy descriptors, no offloads.</summary>
/// <remarks>
/// Causes are taken back before the rings are looked at: what comes later interrupts again, so nothing is missed. The device is
/// interrupted for sent packets only while there is no room for more.
/// </remarks>
internal sealed class E1000Device : NetworkDriver
{
    private const uint FullDuplex = 1 << 0;
    private const uint LinkUp = 1 << 1;
    private const int SpeedShift = 6;
    private const uint AddressValid = 1u << 31;

    // Section 13.4.34, for copper: 10, 8 and 6.
    private const uint TransmitGap = 10 | 8 << 10 | 6 << 20;

    // Section 10.2.4.6 of the 82574's: every kind of cause by message 0.
    private const uint AllByMessage0 = 0x88888;

    private const int Budget = 256;
    private const int ResetLooks = 1000;
    private const E1000Causes Wanted =
        E1000Causes.Received
        | E1000Causes.ReceiveFewLeft
        | E1000Causes.ReceiveOverrun
        | E1000Causes.LinkChanged;
    private const E1000Causes WantedByMessage = E1000Causes.ReceivedQueue0 | E1000Causes.Other;

    private readonly E1000Registers registers;
    private readonly PciInterrupts interrupts;
    private readonly E1000Ring receive = new();
    private readonly E1000Ring send = new();
    private LinkState link;
    private long interruptCount;
    private int nextReceive;
    private int nextSend;
    private int oldestSend;
    private int told;
    private int reservedLength;
    private bool waitsForRoom;
    private bool skips;

    private E1000Device(
        string name,
        E1000Registers registers,
        PciInterrupts interrupts,
        MacAddress address
    )
    {
        Name = name;
        this.registers = registers;
        this.interrupts = interrupts;
        Address = address;
        link = ReadLink();
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override MacAddress Address { get; }

    /// <inheritdoc/>
    public override LinkState Link => link;

    /// <inheritdoc/>
    public override long Interrupts => interruptCount;

    /// <inheritdoc/>
    // One stays empty: head and tail at the same place mean that there is nothing to send.
    public override int Room
    {
        get
        {
            int room = FreeSends;
            if (room == 0)
            {
                TakeSent();
                room = FreeSends;
                if (room == 0)
                {
                    // Whoever hears this is to be told of the next, though others may find it before.
                    waitsForRoom = true;
                    registers.Enable = E1000Causes.Transmitted | E1000Causes.TransmittedQueue0;
                }
            }
            return room;
        }
    }

    private int FreeSends => (oldestSend - nextSend - 1) & (E1000Ring.Size - 1);

    /// <summary>Resets it and starts it.</summary>
    /// <exception cref="IOException">It does not come out of its reset, or has no address.</exception>
    public static async Task<E1000Device> OpenAsync(PciDevice pci, string name, E1000Model model)
    {
        E1000Registers registers = new(await pci.OpenAsync(0));
        registers.Disable = E1000Causes.All;
        registers.Receive = E1000Receive.None;
        registers.Transmit = E1000Transmit.None;
        registers.Control |= E1000Control.Reset;
        for (int look = 0; ; look++)
        {
            // First, for the registers cannot be read just after (section 14.4).
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
            if (!registers.Control.HasFlag(E1000Control.Reset))
            {
                break;
            }
            if (look == ResetLooks)
            {
                throw new IOException($"{pci} does not come out of its reset.");
            }
        }
        registers.Disable = E1000Causes.All;
        _ = registers.Causes;
        MacAddress address = await ReadAddressAsync(registers, model, pci);
        PciInterrupts interrupts = await pci.BindInterruptsAsync();
        E1000Device started = new(name, registers, interrupts, address);
        await pci.SetBusMasterAsync(true);
        started.Begin();
        return started;
    }

    /// <inheritdoc/>
    public override async Task ServeAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            // Reading takes a line back; with messages that takes a write as well.
            E1000Causes causes = registers.Causes;
            if (causes == E1000Causes.All)
            {
                throw new IOException($"{Name} is gone: its registers are all ones.");
            }
            if (interrupts.Kind == PciInterruptKind.MsiX)
            {
                registers.Causes = causes;
            }
            if ((causes & E1000Causes.LinkChanged) != 0)
            {
                LookAtLink();
            }
            while (ServeRings())
            {
                await Task.Yield();
            }
            interrupts.Acknowledge();
            if (interrupts.Kind == PciInterruptKind.MsiX)
            {
                // A message that was sent takes its causes out of the mask (82574, section 7.4.3).
                registers.Enable = Wanted | WantedByMessage;
            }
            await interrupts.WaitAsync(0, cancellation);
            interruptCount++;
        }
    }

    /// <inheritdoc/>
    public override void Commit()
    {
        send.Fill(nextSend, reservedLength);
        nextSend = (nextSend + 1) % E1000Ring.Size;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (told != nextSend)
        {
            told = nextSend;
            registers.TransmitTail = (uint)nextSend;
        }
        if (FreeSends < E1000Ring.Size / 2)
        {
            TakeSent();
        }
    }

    /// <inheritdoc/>
    protected override Span<byte> Reserve(int length)
    {
        reservedLength = length;
        return send.Buffers[nextSend][..length];
    }

    /// <inheritdoc/>
    protected override void Stop()
    {
        registers.Disable = E1000Causes.All;
        registers.Receive = E1000Receive.None;
        registers.Transmit = E1000Transmit.None;
        registers.Control |= E1000Control.Reset;
        interrupts.Dispose();
        receive.Dispose();
        send.Dispose();
    }

    private void Begin()
    {
        registers.Control =
            (
                registers.Control
                & ~(
                    E1000Control.LinkReset | E1000Control.InvertLossOfSignal | E1000Control.VlanMode
                )
            )
            | E1000Control.SetLinkUp
            | E1000Control.DetectSpeed;
        // Its own address alone, and no groups: the table at 0x5200 has 128 entries (section 13.5.1).
        for (int i = 0; i < 128; i++)
        {
            registers.Window.Write32(0x5200 + 4 * i, 0);
        }
        Span<byte> bytes = stackalloc byte[8];
        Address.Write(bytes);
        registers.AddressLow = BitConverter.ToUInt32(bytes);
        registers.AddressHigh = BitConverter.ToUInt16(bytes[4..]) | AddressValid;

        registers.ReceiveBaseLow = (uint)receive.Address;
        registers.ReceiveBaseHigh = (uint)(receive.Address >> 32);
        registers.ReceiveLength = E1000Ring.Bytes;
        registers.ReceiveHead = 0;
        registers.ReceiveTail = E1000Ring.Size - 1;
        registers.ReceiveDelay = 0;
        registers.ReceiveChecksums = 0;
        registers.Throttling = 0;
        registers.Receive =
            E1000Receive.Enable | E1000Receive.AcceptBroadcast | E1000Receive.StripCheckSequence;

        registers.TransmitBaseLow = (uint)send.Address;
        registers.TransmitBaseHigh = (uint)(send.Address >> 32);
        registers.TransmitLength = E1000Ring.Bytes;
        registers.TransmitHead = 0;
        registers.TransmitTail = 0;
        registers.TransmitGap = TransmitGap;
        registers.Transmit =
            E1000Transmit.Enable
            | E1000Transmit.PadShort
            | E1000Transmit.CollisionThreshold
            | E1000Transmit.CollisionDistance;

        link = ReadLink();
        if (interrupts.Kind == PciInterruptKind.MsiX)
        {
            registers.Vectors = AllByMessage0;
            registers.Enable = Wanted | WantedByMessage;
        }
        else
        {
            registers.Enable = Wanted;
        }
    }

    private bool ServeRings()
    {
        int count = 0;
        while (count < Budget && receive.IsDone(nextReceive))
        {
            ReadOnlySpan<byte> packet = receive.Received(nextReceive, out bool continues);
            if (!packet.IsEmpty && !skips)
            {
                Receiver?.Received(packet);
            }
            // The rest of one that did not fit a buffer, which none does that Ethernet allows.
            skips = continues;
            receive.Lend(nextReceive);
            nextReceive = (nextReceive + 1) % E1000Ring.Size;
            count++;
        }
        if (count != 0)
        {
            registers.ReceiveTail = (uint)((nextReceive + E1000Ring.Size - 1) % E1000Ring.Size);
            Receiver?.BatchEnded();
        }
        if (waitsForRoom)
        {
            TakeSent();
            if (FreeSends != 0)
            {
                waitsForRoom = false;
                registers.Disable = E1000Causes.Transmitted | E1000Causes.TransmittedQueue0;
                Receiver?.RoomAgain();
            }
        }
        return count == Budget;
    }

    private void TakeSent()
    {
        while (oldestSend != told && send.IsDone(oldestSend))
        {
            oldestSend = (oldestSend + 1) % E1000Ring.Size;
        }
    }

    private LinkState ReadLink()
    {
        uint status = registers.Status;
        if ((status & LinkUp) == 0)
        {
            return default;
        }
        int speed = ((status >> SpeedShift) & 3) switch
        {
            0 => 10,
            1 => 100,
            _ => 1000,
        };
        return new LinkState(true, speed, (status & FullDuplex) != 0);
    }

    private void LookAtLink()
    {
        LinkState now = ReadLink();
        if (now != link)
        {
            link = now;
            Receiver?.LinkChanged(now);
        }
    }

    /// <summary>The address that the device has read from its EEPROM; where it has not, read there.</summary>
    private static async Task<MacAddress> ReadAddressAsync(
        E1000Registers registers,
        E1000Model model,
        PciDevice pci
    )
    {
        byte[] bytes = new byte[8];
        BitConverter.TryWriteBytes(bytes, registers.AddressLow);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), registers.AddressHigh);
        MacAddress address = MacAddress.Read(bytes);
        if (address.IsZero)
        {
            for (int word = 0; word < 3; word++)
            {
                ushort value = await ReadEepromAsync(registers, model, word);
                BitConverter.TryWriteBytes(bytes.AsSpan(2 * word), value);
            }
            address = MacAddress.Read(bytes);
        }
        return address.IsZero || address.IsGroup
            ? throw new IOException($"{pci} has the impossible address {address}.")
            : address;
    }

    // Begin in bit 0; done in bit 4 and the place from bit 8 on, with the 82574 in bit 1 and from bit 2 on.
    private static async Task<ushort> ReadEepromAsync(
        E1000Registers registers,
        E1000Model model,
        int word
    )
    {
        bool isNew = model == E1000Model.I82574;
        uint done = isNew ? 1u << 1 : 1u << 4;
        registers.Eeprom = 1u | (uint)word << (isNew ? 2 : 8);
        for (int look = 0; look < ResetLooks; look++)
        {
            uint value = registers.Eeprom;
            if ((value & done) != 0)
            {
                return (ushort)(value >> 16);
            }
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
        }
        return 0;
    }
}
