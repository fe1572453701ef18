using System.Runtime.InteropServices;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Network.Devices.E1000;

/// <summary>
/// A ring of legacy descriptors (SDM sections 3.2.3 and 3.3.3), each with a packet buffer of its own. Both directions have the same size and
/// the same place for "done".
/// </summary>
internal sealed unsafe class E1000Ring : IDisposable
{
    /// <summary>Descriptors; their bytes fill a page, and are a multiple of 128 as they must be.</summary>
    public const int Size = 256;

    public const int Bytes = Size * 16;
    public const byte Done = 1;
    public const byte EndOfPacket = 2;

    // Bits 5 and 6 are about checksums of IPv4 and UDP, which are the stack's to look at, and to count.
    private const byte DamageErrors = 0x97;

    // Commands of what is sent: the packet ends here, add its check sequence, say when it is done.
    private const byte Command = 1 | 2 | 8;

    private readonly Frame frame = Frame.Allocate(Bytes);
    private readonly Descriptor* descriptors;

    public E1000Ring()
    {
        descriptors = (Descriptor*)frame.Address;
        for (int i = 0; i < Size; i++)
        {
            descriptors[i].Address = Buffers.AddressOf(i);
        }
    }

    public PacketBuffers Buffers { get; } = new(Size);

    public ulong Address => frame.PhysicalAddress;

    /// <summary>Whether the device has done with a descriptor.</summary>
    // Acquire: "done" is loaded before what the device stored before it.
    public bool IsDone(int number) => (Volatile.Read(ref descriptors[number].Status) & Done) != 0;

    /// <summary>What came into a buffer; empty when it is no whole, undamaged packet.</summary>
    /// <param name="number">The descriptor.</param>
    /// <param name="continues">Whether it goes on in the next one.</param>
    public ReadOnlySpan<byte> Received(int number, out bool continues)
    {
        ref Descriptor descriptor = ref descriptors[number];
        continues = (descriptor.Status & EndOfPacket) == 0;
        bool isGood = !continues && (descriptor.Errors & DamageErrors) == 0;
        return isGood
            ? Buffers[number][..Math.Min(descriptor.Length, (ushort)PacketBuffers.Size)]
            : default;
    }

    /// <summary>The device may fill it again.</summary>
    public void Lend(int number)
    {
        descriptors[number].Length = 0;
        // Release: stored before the tail that gives it to the device.
        Volatile.Write(ref descriptors[number].Status, 0);
    }

    /// <summary>A packet of so many bytes is to be sent.</summary>
    public void Fill(int number, int length)
    {
        ref Descriptor descriptor = ref descriptors[number];
        descriptor.Length = (ushort)length;
        descriptor.CommandOrChecksum = Command << 8;
        Volatile.Write(ref descriptor.Status, 0);
    }

    /// <summary>Gives its memory back; the device must have been stopped.</summary>
    public void Dispose()
    {
        frame.Dispose();
        Buffers.Dispose();
    }

    /// <summary>As it lies in memory. What is received has a checksum where what is sent has offset and command.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Descriptor
    {
        public ulong Address;
        public ushort Length;
        public ushort CommandOrChecksum;
        public byte Status;
        public byte Errors;
        public ushort Special;
    }
}
