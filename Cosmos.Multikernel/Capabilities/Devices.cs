using System.Text;
using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Capabilities;

/// <summary>
/// All devices of the machine: what <c>devices=all</c> on the boot medium grants. Its holder mints what each driver needs and sends
/// that through a channel.
/// </summary>
public sealed unsafe class Devices : Capability
{
    internal Devices(CapabilityStore store, long number)
        : base(store, number) { }

    /// <summary>Memory of a device.</summary>
    /// <exception cref="CapabilityDeniedException">The machine's memory or an interrupt controller lies there.</exception>
    public DeviceMemory MintMemory(
        ulong start,
        long length,
        DeviceCaching caching = DeviceCaching.Uncached,
        CapabilityRights rights = CapabilityRights.All
    ) => (DeviceMemory)Mint(CapabilityType.DeviceMemory, start, (ulong)length, rights, caching);

    /// <summary>Ports of a device.</summary>
    /// <exception cref="CapabilityDeniedException">The CPU driver uses some of them itself.</exception>
    public PortRange MintPorts(
        ushort first,
        int count,
        CapabilityRights rights = CapabilityRights.All
    ) => (PortRange)Mint(CapabilityType.PortRange, first, (ulong)count, rights);

    /// <summary>An interrupt line, by its global system interrupt.</summary>
    /// <exception cref="CapabilityDeniedException">There is no such line, or the CPU driver uses it itself.</exception>
    public Interrupt MintLine(int line) =>
        (Interrupt)Mint(CapabilityType.InterruptLine, (ulong)line, 1, CapabilityRights.All);

    /// <summary>A block of interrupt messages. They come to the core of the instance that binds it.</summary>
    /// <param name="count">A power of two, at most 64.</param>
    public Interrupt MintMessages(int count) =>
        (Interrupt)Mint(CapabilityType.InterruptMessages, 0, (ulong)count, CapabilityRights.All);

    /// <summary>The console's text and keys.</summary>
    public ConsoleStream MintConsole() =>
        (ConsoleStream)Mint(CapabilityType.ConsoleStream, 0, 1, CapabilityRights.All);

    /// <summary>The screen that the boot loader left.</summary>
    public ScreenDescription DescribeScreen()
    {
        CapabilityErrors.Check(
            Store.DescribeScreen(Number, out ScreenDescription screen),
            "ask for the screen"
        );
        return screen;
    }

    /// <summary>A firmware table with its header, or null when there is none (such as <c>MCFG</c>, <c>APIC</c>, <c>DSDT</c>).</summary>
    /// <param name="signature">Four letters.</param>
    /// <param name="index">Which of several.</param>
    public byte[]? ReadTable(string signature, int index = 0)
    {
        if (Encoding.ASCII.GetByteCount(signature) != sizeof(uint))
        {
            throw new ArgumentException("A table's signature has four letters.", nameof(signature));
        }
        uint number = BitConverter.ToUInt32(Encoding.ASCII.GetBytes(signature));
        byte[] table = [];
        while (true)
        {
            fixed (byte* bytes = table)
            {
                long length = Store.ReadTable(Number, number, index, bytes, table.Length);
                if (length == -CapabilityErrors.NoEntry)
                {
                    return null;
                }
                CapabilityErrors.Check(length, $"read the firmware's table {signature}");
                if (length == table.Length)
                {
                    return table;
                }
                table = new byte[length];
            }
        }
    }

    /// <summary>
    /// Nanoseconds that an interrupt to another core and one back take, with nothing around them. This core's other threads
    /// wait meanwhile, at most a millisecond.
    /// </summary>
    /// <exception cref="CapabilityException">There is no such other core, or it does not answer.</exception>
    public long ProbeInterrupt(int core) =>
        CapabilityErrors.Check(
            Store.ProbeInterrupt(Number, core),
            $"send an interrupt to core {core}"
        );

    private Capability Mint(
        CapabilityType type,
        ulong start,
        ulong length,
        CapabilityRights rights,
        DeviceCaching caching = DeviceCaching.Uncached
    )
    {
        MintRequest request = new()
        {
            Type = type,
            Rights = rights,
            Caching = caching,
            Start = start,
            Length = length,
        };
        return Adopt(
            Store,
            CapabilityErrors.Check(
                Store.Mint(Number, in request),
                $"mint {type} 0x{start:x}, length 0x{length:x}"
            )
        );
    }
}
