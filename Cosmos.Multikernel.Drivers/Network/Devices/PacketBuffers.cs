using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Network.Devices;

/// <summary>Memory that a network device reads and writes: numbered buffers of one packet each.</summary>
/// <remarks>In several frames, for a core's memory need not have one large piece left.</remarks>
internal sealed unsafe class PacketBuffers : IDisposable
{
    /// <summary>Bytes of a buffer: more than the longest packet, and what the devices here can be told.</summary>
    public const int Size = 2048;

    private const int PerFrame = 16;

    private readonly Frame[] frames;

    public PacketBuffers(int count)
    {
        frames = new Frame[(count + PerFrame - 1) / PerFrame];
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i] = Frame.Allocate(PerFrame * Size);
        }
    }

    /// <summary>Where a device finds a buffer.</summary>
    public ulong AddressOf(int number) =>
        frames[number / PerFrame].PhysicalAddress + (ulong)(number % PerFrame * Size);

    /// <summary>A buffer's bytes.</summary>
    public Span<byte> this[int number] =>
        new((byte*)frames[number / PerFrame].Address + number % PerFrame * Size, Size);

    /// <summary>Gives the memory back; the device must have been stopped.</summary>
    public void Dispose()
    {
        foreach (Frame frame in frames)
        {
            frame.Dispose();
        }
    }
}
