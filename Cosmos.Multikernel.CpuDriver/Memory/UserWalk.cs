using System;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;

namespace Cosmos.Multikernel.CpuDriver.Memory;

/// <summary>
/// A walk over a stretch of an instance's memory in pieces that lie together in physical memory: what is left of a page at
/// a time. It ends early where the instance may not make the access itself.
/// </summary>
public unsafe struct UserWalk
{
    private readonly Domain* _domain;
    private readonly ulong _address;
    private readonly ulong _length;
    private readonly Protection _access;
    private bool _failed;

    /// <param name="domain">Whose memory.</param>
    /// <param name="address">Any number; it is checked piece by piece.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="access">What is to be done with them.</param>
    public UserWalk(Domain* domain, ulong address, ulong length, Protection access)
    {
        _domain = domain;
        _address = address;
        _length = length;
        _access = access;
        _failed = false;
        Done = 0;
    }

    /// <summary>Bytes dealt with so far.</summary>
    public ulong Done { get; private set; }

    public readonly bool IsComplete => Done == _length;

    /// <summary>What a system call answers: how many bytes it moved, or -EFAULT when not even one could be.</summary>
    public readonly long Result => _failed && Done == 0 ? -Errno.EFAULT : (long)Done;

    /// <summary>The next piece; false at the end and where the memory ends.</summary>
    public bool TryPiece(out byte* bytes, out ulong length)
    {
        bytes = null;
        length = 0;
        if (IsComplete)
        {
            return false;
        }
        bytes = UserMemory.At(_domain, _address + Done, _access, out ulong available);
        length = Math.Min(available, _length - Done);
        _failed = bytes == null;
        return !_failed;
    }

    /// <summary>So many bytes of the piece were dealt with.</summary>
    public void Advance(ulong bytes) => Done += bytes;
}
