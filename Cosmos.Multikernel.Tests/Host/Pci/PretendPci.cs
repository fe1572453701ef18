using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Pci;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Pci;

/// <summary>Configuration spaces of a test's choice.</summary>
internal sealed class PretendPci : IPciConfiguration
{
    private readonly Dictionary<PciAddress, PretendFunction> functions = [];

    public int SpaceSize => 256;

    public IReadOnlyList<PciBusRange> Buses { get; init; } = [new(0, 0, 255)];

    /// <summary>All writes, in their order.</summary>
    public List<(PciAddress Function, int Offset, uint Value)> Writes { get; } = [];

    public PretendFunction Add(int bus, int device, int function, uint identity, uint classCode)
    {
        PretendFunction added = new();
        added.Set(0, identity);
        added.Set(8, classCode << 8 | 1);
        functions[new(0, (byte)bus, (byte)device, (byte)function)] = added;
        return added;
    }

    public PretendFunction At(PciAddress address) => functions[address];

    public uint Read(PciAddress function, int offset, int size)
    {
        Assert.That(offset % size, Is.Zero, "an access that is not aligned");
        uint all = functions.TryGetValue(function, out PretendFunction? there)
            ? there.Read(offset & ~3)
            : uint.MaxValue;
        all >>= (offset & 3) * 8;
        return size == 4 ? all : all & ((1u << (size * 8)) - 1);
    }

    public void Write(PciAddress function, int offset, int size, uint value)
    {
        Assert.That(offset % size, Is.Zero, "an access that is not aligned");
        Writes.Add((function, offset, value));
        int shift = (offset & 3) * 8;
        uint mask = size == 4 ? uint.MaxValue : ((1u << (size * 8)) - 1) << shift;
        PretendFunction there = functions[function];
        uint before = there.Read(offset & ~3);
        there.Write(offset & ~3, (before & ~mask) | (value << shift & mask));
    }
}

/// <summary>A function: 256 bytes, some of which cannot be changed.</summary>
internal sealed class PretendFunction
{
    private readonly byte[] space = new byte[256];
    private readonly Dictionary<int, uint> writable = [];

    /// <summary>Called before a register is written.</summary>
    public Action<int, uint>? Written { get; set; }

    public uint Read(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(space.AsSpan(offset));

    public void Write(int offset, uint value)
    {
        Written?.Invoke(offset, value);
        uint mask = writable.GetValueOrDefault(offset, uint.MaxValue);
        Set(offset, (Read(offset) & ~mask) | (value & mask));
    }

    public PretendFunction Set(int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(offset), value);
        return this;
    }

    public PretendFunction SetByte(int offset, int value)
    {
        space[offset] = (byte)value;
        return this;
    }

    /// <summary>A base address register: what it holds, and which of its bits can be changed.</summary>
    public PretendFunction Bar(int index, uint value, uint mask)
    {
        writable[0x10 + index * 4] = mask;
        return Set(0x10 + index * 4, value);
    }

    /// <summary>Capabilities one after the other from 0x40 on, 16 bytes each.</summary>
    public PretendFunction WithCapabilities(params byte[] ids)
    {
        SetByte(6, 0x10).SetByte(0x34, 0x40);
        for (int i = 0; i < ids.Length; i++)
        {
            int at = 0x40 + i * 16;
            SetByte(at, ids[i]).SetByte(at + 1, i + 1 == ids.Length ? 0 : at + 16);
        }
        return this;
    }
}
