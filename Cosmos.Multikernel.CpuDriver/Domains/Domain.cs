using System;
using System.Runtime.InteropServices;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.Domains;

public enum DomainState : byte
{
    Running,

    /// <summary>Ended and reported; its memory is on the way back.</summary>
    Ended,

    /// <summary>
    /// Ended; waits until other cores have been told about frames of theirs that it held, or until those that gave it devices have
    /// silenced them.
    /// </summary>
    Draining,
}

/// <summary>
/// A protection domain: one kernel instance's address space, threads, signal actions and open files. It fills one frame,
/// and all it owns is whole frames that are counted, so that after its end the counts must be zero.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Domain
{
    public const int MaximumName = 31;

    /// <summary>Bytes reserved for the first thread's stack.</summary>
    public const ulong StackBytes = 8 << 20;

    /// <summary>Next in the core's list.</summary>
    public Domain* Next;

    /// <summary>Identifier, also of its first thread and what getpid returns.</summary>
    public int Id;

    public DomainState State;
    public byte Priority;

    /// <summary>Whether the console's input goes here and output is printed untagged.</summary>
    public bool IsConsole;

    /// <summary>Wait status once ended: exit code &lt;&lt; 8, or the signal that ended it.</summary>
    public int EndStatus;

    /// <summary>Which life of its instance this is, from 0.</summary>
    public uint Life;

    /// <summary>Nanoseconds since boot when it was created.</summary>
    public ulong StartTime;

    /// <summary>Nanoseconds its ended threads have run.</summary>
    public ulong EndedRunTime;

    public AddressSpace Space;
    public ThreadList Threads;
    public FileTable Files;
    public SignalActions Signals;
    public Reflection Reflection;

    /// <summary>Where the image lies, for fault reports: [ImageStart, ImageEnd).</summary>
    public ulong ImageStart;
    public ulong ImageEnd;

    /// <summary>The first thread's stack: [StackStart, StackEnd).</summary>
    public ulong StackStart;
    public ulong StackEnd;

    /// <summary>System calls made, and of these how many had a number that nobody implements.</summary>
    public ulong SystemCalls;
    public ulong UnknownCalls;

    /// <summary>For the endpoints: whatever they keep about this domain.</summary>
    public void* Endpoints;

    /// <summary>For the capabilities: the domain's table; null before the first.</summary>
    public void* Capabilities;

    /// <summary>Once ended: how many peers that gave it devices have not left their channels yet.</summary>
    public uint AwaitedPeers;

    /// <summary>Whether it may hand out permissions and start instances: its core's monitor.</summary>
    public bool IsMonitor;

    private fixed byte _name[MaximumName + 1];
    private int _nameLength;

    public readonly int NameLength => _nameLength;

    public static byte* NameOf(Domain* domain) => domain->_name;

    public void SetName(byte* name, uint length)
    {
        _nameLength = (int)Math.Min(length, (uint)MaximumName);
        for (int i = 0; i < _nameLength; i++)
        {
            _name[i] = name[i];
        }
    }

    /// <summary>Maps contiguous frames owned by somebody else, readable and writable.</summary>
    /// <returns>The address in this domain, or 0.</returns>
    public ulong MapShared(ulong firstFrame, uint frames) => Space.MapShared(firstFrame, frames);

    /// <summary>Takes such a mapping away; the frames stay their owner's.</summary>
    public void UnmapShared(ulong address) => Space.UnmapForeign(address);

    /// <summary>Nanoseconds that all its threads have run.</summary>
    public static ulong RunTimeOf(Domain* domain)
    {
        ulong sum = domain->EndedRunTime;
        for (Thread* thread = domain->Threads.First; thread != null; thread = thread->NextInDomain)
        {
            sum += Scheduler.RunTimeOf(thread);
        }
        return sum;
    }
}
