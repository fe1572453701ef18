using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>mmap, mprotect, munmap, madvise, brk. Source: Linux man-pages, section 2.</summary>
public static unsafe class MemoryCalls
{
    private const ulong ProtectRead = 1;
    private const ulong ProtectWrite = 2;
    private const ulong ProtectExecute = 4;

    private const ulong MapPrivate = 0x02;
    private const ulong MapTypeMask = 0x0f;
    private const ulong MapFixed = 0x10;
    private const ulong MapAnonymous = 0x20;
    private const ulong MapStack = 0x2_0000;
    private const ulong MapFixedNoReplace = 0x10_0000;

    private const ulong AdviseDontNeed = 4;
    private const ulong AdviseFree = 8;

    /// <summary>
    /// mmap. Only private anonymous memory (files: ENODEV). Writable memory is promised at once: when the limit does not
    /// allow it the answer is ENOMEM; MAP_NORESERVE does not change that. PROT_EXEC together with PROT_WRITE: EACCES;
    /// PROT_EXEC alone is allowed and useless. MAP_STACK memory is paid for when touched. Hints are kept when possible.
    /// MAP_POPULATE, MAP_LOCKED and huge pages are ignored.
    /// </summary>
    public static long Map(
        Thread* thread,
        ulong address,
        ulong length,
        ulong protect,
        ulong flags,
        ulong file,
        ulong offset
    )
    {
        bool isFixed = (flags & (MapFixed | MapFixedNoReplace)) != 0;
        if (!TryRound(ref length) || (isFixed && !AddressSpace.IsUserRange(address, length)))
        {
            return length == 0 || isFixed ? -Errno.EINVAL : -Errno.ENOMEM;
        }
        if ((flags & MapAnonymous) == 0)
        {
            return -Errno.ENODEV;
        }
        if ((flags & MapTypeMask) != MapPrivate)
        {
            return -Errno.EINVAL;
        }
        if (!TryProtection(protect, out Protection protection))
        {
            return -Errno.EACCES;
        }
        AddressSpace* space = &thread->Domain->Space;
        if ((flags & MapFixed) != 0 && (flags & MapFixedNoReplace) == 0)
        {
            MemoryResult removed = space->Remove(address, length, ref thread->Progress);
            if (removed != MemoryResult.Done)
            {
                return Finish(thread, removed);
            }
        }
        else if (!isFixed)
        {
            address &= ~AddressSpace.PageMask;
            if (
                !AddressSpace.IsUserRange(address, length)
                || !space->IsFree(address, address + length)
            )
            {
                address = space->FindRoom(length);
            }
        }
        if (address == 0)
        {
            return -Errno.ENOMEM;
        }
        Mapping mapping = default;
        mapping.Start = address;
        mapping.End = address + length;
        mapping.Protection = protection;
        mapping.Kind = (flags & MapStack) != 0 ? MappingKind.Stack : MappingKind.Anonymous;
        MemoryResult added = space->Add(mapping);
        return added == MemoryResult.Done ? (long)address : Finish(thread, added);
    }

    /// <summary>
    /// mprotect. ENOMEM also when the range becomes writable and the limit does not allow it. Refuses PROT_WRITE with
    /// PROT_EXEC (EACCES), and memory shared with other instances (EACCES).
    /// </summary>
    public static long Protect(Thread* thread, ulong address, ulong length, ulong protect)
    {
        if ((address & AddressSpace.PageMask) != 0)
        {
            return -Errno.EINVAL;
        }
        if (length == 0)
        {
            return 0;
        }
        if (!TryRound(ref length))
        {
            return -Errno.ENOMEM;
        }
        if (!TryProtection(protect, out Protection protection))
        {
            return -Errno.EACCES;
        }
        if (!AddressSpace.IsUserRange(address, length))
        {
            return -Errno.ENOMEM;
        }
        return Finish(
            thread,
            thread->Domain->Space.Protect(address, length, protection, ref thread->Progress)
        );
    }

    /// <summary>munmap. Memory shared with other instances is refused (EACCES).</summary>
    public static long Unmap(Thread* thread, ulong address, ulong length) =>
        TryRound(ref length)
            ? Finish(thread, thread->Domain->Space.Remove(address, length, ref thread->Progress))
            : -Errno.EINVAL;

    /// <summary>
    /// madvise. MADV_DONTNEED and MADV_FREE forget the contents at once; every other advice is accepted and ignored. Memory
    /// shared with other instances is refused (EACCES).
    /// </summary>
    public static long Advise(Thread* thread, ulong address, ulong length, ulong advice)
    {
        if ((address & AddressSpace.PageMask) != 0)
        {
            return -Errno.EINVAL;
        }
        if (length == 0 || (advice != AdviseDontNeed && advice != AdviseFree))
        {
            return 0;
        }
        return TryRound(ref length)
            ? Finish(thread, thread->Domain->Space.Discard(address, length, ref thread->Progress))
            : -Errno.EINVAL;
    }

    /// <summary>brk. As on Linux the kernel's call returns the end of the heap, moved or not.</summary>
    public static long Break(Thread* thread, ulong wanted)
    {
        AddressSpace* space = &thread->Domain->Space;
        return space->MoveBreak(wanted, ref thread->Progress) == MemoryResult.Again
            ? SystemCalls.Repeat(thread)
            : (long)space->Break;
    }

    private static bool TryRound(ref ulong length)
    {
        if (length == 0 || length > AddressSpace.UserEnd)
        {
            return false;
        }
        length = (length + AddressSpace.PageMask) & ~AddressSpace.PageMask;
        return true;
    }

    private static bool TryProtection(ulong protect, out Protection protection)
    {
        protection = Protection.None;
        // On x86 what may be written or executed may be read.
        if ((protect & (ProtectRead | ProtectWrite | ProtectExecute)) != 0)
        {
            protection = Protection.Read;
        }
        if ((protect & ProtectWrite) != 0)
        {
            protection |= Protection.Write;
        }
        if ((protect & ProtectExecute) != 0)
        {
            protection |= Protection.Execute;
        }
        return (protect & (ProtectWrite | ProtectExecute)) != (ProtectWrite | ProtectExecute);
    }

    private static long Finish(Thread* thread, MemoryResult result) =>
        result switch
        {
            MemoryResult.Done => 0,
            MemoryResult.Again => SystemCalls.Repeat(thread),
            MemoryResult.BadRange => -Errno.EINVAL,
            MemoryResult.Occupied => -Errno.EEXIST,
            MemoryResult.Denied => -Errno.EACCES,
            _ => -Errno.ENOMEM,
        };
}
