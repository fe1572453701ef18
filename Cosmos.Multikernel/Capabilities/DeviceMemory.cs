using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Capabilities;

/// <summary>
/// A device's registers or memory, by physical address. Never covers the machine's memory or an interrupt controller. Whole pages
/// are mapped: what else lies on them is reachable, too.
/// </summary>
public sealed unsafe class DeviceMemory : Capability
{
    private nint address;

    internal DeviceMemory(CapabilityStore store, long number, in CapabilityDescription description)
        : base(store, number)
    {
        PhysicalAddress = description.Start;
        Length = (long)description.Length;
        Caching = description.Caching;
        GrantedRights = description.Rights;
    }

    /// <summary>Its first byte's physical address.</summary>
    public ulong PhysicalAddress { get; }

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>Whether writes may be gathered.</summary>
    public DeviceCaching Caching { get; }

    /// <summary>What may be done with it.</summary>
    public CapabilityRights GrantedRights { get; }

    /// <summary>Where it is mapped; maps it when it is not.</summary>
    public nint Address
    {
        get
        {
            long number = Number;
            if (address == 0)
            {
                address = (nint)
                    CapabilityErrors.Check(Store.Map(number, GrantedRights), "map device memory");
            }
            return address;
        }
    }

    /// <summary>Reads a register: one access of its size, ordered with the others.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within.</exception>
    public T Read<T>(long offset)
        where T : unmanaged =>
        sizeof(T) switch
        {
            1 => As<T, byte>(Volatile.Read(ref *(byte*)At(offset, 1))),
            2 => As<T, ushort>(Volatile.Read(ref *(ushort*)At(offset, 2))),
            4 => As<T, uint>(Volatile.Read(ref *(uint*)At(offset, 4))),
            8 => As<T, ulong>(Volatile.Read(ref *(ulong*)At(offset, 8))),
            _ => throw new NotSupportedException("Registers have 1, 2, 4 or 8 bytes."),
        };

    /// <summary>Writes a register: one access of its size, ordered with the others.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within.</exception>
    public void Write<T>(long offset, T value)
        where T : unmanaged
    {
        switch (sizeof(T))
        {
            case 1:
                Volatile.Write(ref *(byte*)At(offset, 1), As<byte, T>(value));
                break;
            case 2:
                Volatile.Write(ref *(ushort*)At(offset, 2), As<ushort, T>(value));
                break;
            case 4:
                Volatile.Write(ref *(uint*)At(offset, 4), As<uint, T>(value));
                break;
            case 8:
                Volatile.Write(ref *(ulong*)At(offset, 8), As<ulong, T>(value));
                break;
            default:
                throw new NotSupportedException("Registers have 1, 2, 4 or 8 bytes.");
        }
    }

    /// <summary>A capability for a part of it.</summary>
    public DeviceMemory Mint(long offset, long bytes, CapabilityRights rights)
    {
        MintRequest request = new()
        {
            Type = CapabilityType.DeviceMemory,
            Rights = rights,
            Caching = Caching,
            Start = PhysicalAddress + (ulong)offset,
            Length = (ulong)bytes,
        };
        return (DeviceMemory)Adopt(
            Store,
            CapabilityErrors.Check(Store.Mint(Number, in request), "mint a part of device memory")
        );
    }

    /// <summary>Takes the mapping away.</summary>
    public void Unmap()
    {
        if (address != 0)
        {
            CapabilityErrors.Check(Store.Unmap(Number), "unmap device memory");
            address = 0;
        }
    }

    private protected override void OnMoved() => address = 0;

    private byte* At(long offset, int size)
    {
        if ((ulong)offset > (ulong)(Length - size) || Length < size)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset),
                offset,
                $"{size} bytes do not lie within {Length}."
            );
        }
        return (byte*)Address + offset;
    }

    private static TTo As<TTo, TFrom>(TFrom value)
        where TFrom : unmanaged
        where TTo : unmanaged => Unsafe.As<TFrom, TTo>(ref value);
}
