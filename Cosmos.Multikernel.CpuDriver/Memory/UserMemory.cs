using System.Threading;
using Cosmos.Multikernel.CpuDriver.Domains;

namespace Cosmos.Multikernel.CpuDriver.Memory;

/// <summary>
/// Reads and writes an instance's memory by walking its page tables and going through the direct map, never through the
/// user's address: nothing can fault, no protection has to be lifted, and it works for any domain of the core, current
/// or not. Pages not touched yet are made present, exactly as if the instance had touched them. Device memory is in no
/// core's direct map and cannot be read or written here.
/// </summary>
public static unsafe class UserMemory
{
    /// <summary>Copies from the instance. On failure part of it may have been copied.</summary>
    public static bool TryRead(Domain* domain, void* into, ulong address, ulong length)
    {
        UserWalk walk = new(domain, address, length, Protection.Read);
        while (walk.TryPiece(out byte* source, out ulong piece))
        {
            Bytes.Copy((byte*)into + walk.Done, source, piece);
            walk.Advance(piece);
        }
        return walk.IsComplete;
    }

    /// <summary>Copies to the instance. On failure part of it may have been copied.</summary>
    public static bool TryWrite(Domain* domain, ulong address, void* from, ulong length)
    {
        UserWalk walk = new(domain, address, length, Protection.Write);
        while (walk.TryPiece(out byte* target, out ulong piece))
        {
            Bytes.Copy(target, (byte*)from + walk.Done, piece);
            walk.Advance(piece);
        }
        return walk.IsComplete;
    }

    /// <summary>Reads a word that must be aligned, in one access: for futexes.</summary>
    public static bool TryReadWord(Domain* domain, ulong address, out uint value)
    {
        byte* at = (address & 3) == 0 ? At(domain, address, Protection.Read, out _) : null;
        value = at == null ? 0 : Volatile.Read(ref *(uint*)at);
        return at != null;
    }

    public static bool TryReadWord(Domain* domain, ulong address, out ulong value)
    {
        ulong read = 0;
        bool done = TryRead(domain, &read, address, sizeof(ulong));
        value = read;
        return done;
    }

    public static bool TryWriteWord(Domain* domain, ulong address, uint value) =>
        TryWrite(domain, address, &value, sizeof(uint));

    public static bool TryWriteWord(Domain* domain, ulong address, ulong value) =>
        TryWrite(domain, address, &value, sizeof(ulong));

    /// <summary>Where a byte of the instance's memory is now, for an access that it may make itself.</summary>
    /// <param name="available">Bytes from there to the end of the page.</param>
    /// <returns>A pointer good until the domain's memory is changed, or null when the instance may not do that.</returns>
    public static byte* At(Domain* domain, ulong address, Protection access, out ulong available)
    {
        AddressSpace* space = &domain->Space;
        available = AddressSpace.PageSize - (address & AddressSpace.PageMask);
        if (address >= AddressSpace.UserEnd)
        {
            return null;
        }
        ulong needed = (ulong)(
            PageFlags.Present
            | PageFlags.User
            | (access == Protection.Write ? PageFlags.Writable : PageFlags.None)
        );
        ulong* entry = space->Tables.FindEntry(address);
        if (entry == null || (*entry & needed) != needed)
        {
            if (space->Resolve(address, access) != FaultOutcome.Resolved)
            {
                return null;
            }
            entry = space->Tables.FindEntry(address);
        }
        ulong device = (ulong)(PageFlags.CacheDisable | PageFlags.WriteCombining);
        return (*entry & device) == 0
            ? DirectMap.At(PageTables.FrameOf(*entry)) + (address & AddressSpace.PageMask)
            : null;
    }
}
