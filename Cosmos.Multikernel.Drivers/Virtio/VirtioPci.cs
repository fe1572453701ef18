using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Pci;

namespace Cosmos.Multikernel.Drivers.Virtio;

/// <summary>Where a virtio device has a structure (Virtio 1.2, section 4.1.4).</summary>
/// <param name="Kind">Which.</param>
/// <param name="Bar">Behind which base address register.</param>
/// <param name="Offset">Where there.</param>
/// <param name="Length">How long.</param>
/// <param name="Multiplier">For notifications: bytes from one queue's to the next.</param>
internal readonly record struct VirtioStructure(
    VirtioStructureKind Kind,
    int Bar,
    long Offset,
    long Length,
    uint Multiplier
)
{
    private const int Shortest = 16;
    private const int WithMultiplier = 20;

    /// <summary>The first structure of a kind that lies within its base address register.</summary>
    /// <exception cref="VirtioException">There is none: the device is of before version 1, or damaged.</exception>
    public static VirtioStructure Find(PciDevice device, VirtioStructureKind kind)
    {
        foreach (PciCapability capability in device.Capabilities)
        {
            ReadOnlySpan<byte> bytes = device.Configuration[capability.Offset..];
            if (
                capability.Id != PciCapabilityId.Vendor
                || bytes.Length < WithMultiplier
                || bytes[2] < Shortest
                || bytes[3] != (byte)kind
                || bytes[4] >= PciBars.Count
            )
            {
                continue;
            }
            VirtioStructure found = new(
                kind,
                bytes[4],
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
                bytes[2] < WithMultiplier ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..])
            );
            PciBar bar = device.Record.Bars[found.Bar];
            if (bar.Kind != PciBarKind.None && found.Offset + found.Length <= (long)bar.Length)
            {
                return found;
            }
        }
        throw new VirtioException($"{device} has no {kind} structure of virtio 1.0.");
    }
}

/// <summary>Kinds of structure (section 4.1.4).</summary>
internal enum VirtioStructureKind : byte
{
    Common = 1,
    Notification = 2,
    InterruptStatus = 3,
    Device = 4,
}
