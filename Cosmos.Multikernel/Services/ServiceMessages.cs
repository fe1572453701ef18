using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Services;

/// <summary>What an instance is asked. 16 bytes.</summary>
/// <param name="Call">The request.</param>
/// <param name="Crash">For <see cref="ServiceCall.Crash"/>: in which way.</param>
/// <param name="Sequence">Any number: the reply repeats it.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ServiceRequest(ServiceCall Call, CrashKind Crash, ulong Sequence);

/// <summary>What the instance service can be asked for.</summary>
public enum ServiceCall : uint
{
    /// <summary>Answer at once.</summary>
    Ping = 1,

    /// <summary>Answer with an <see cref="InstanceStatus"/>.</summary>
    Status = 2,

    /// <summary>Collect all generations, then answer with an <see cref="InstanceStatus"/>.</summary>
    Collect = 3,

    /// <summary>Answer with an <see cref="InstanceStatus"/>, then die in the way of <see cref="CrashKind"/>.</summary>
    Crash = 4,
}

/// <summary>Ways to die on request.</summary>
public enum CrashKind : uint
{
    /// <summary>A null reference that nobody catches.</summary>
    Null = 0,

    /// <summary>A stack that overflows.</summary>
    Stack = 1,

    /// <summary>An exception that nobody catches.</summary>
    Exception = 2,

    /// <summary>An orderly exit with status 1.</summary>
    Exit = 3,

    /// <summary>A write through a wild pointer.</summary>
    Wild = 4,
}

/// <summary>The answer to every request: one line of a ring, 56 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct InstanceStatus
{
    /// <summary>The request's number.</summary>
    public ulong Sequence;

    /// <summary>Where in its life the kernel is.</summary>
    public InstanceState State;

    /// <summary>Which life of the instance this is, from 0; 65,535 stands for any later one too.</summary>
    public ushort Life;

    /// <summary>Collections of generation 0 (each counts those of the generations below as well).</summary>
    public int Collections0;

    /// <summary>Collections of generation 1.</summary>
    public int Collections1;

    /// <summary>Collections of generation 2.</summary>
    public int Collections2;

    /// <summary>How long the instance has run, ns.</summary>
    public long Uptime;

    /// <summary>Objects on the collected heap, bytes.</summary>
    public long HeapBytes;

    /// <summary>Allocated on the collected heap since the start, bytes.</summary>
    public long AllocatedBytes;

    /// <summary>Memory that only this instance has, bytes.</summary>
    public long PrivateBytes;
}

/// <summary>Where in its life a kernel is.</summary>
public enum InstanceState : ushort
{
    /// <summary>It has not reached BeforeRun.</summary>
    Booting = 0,

    /// <summary>BeforeRun or Run.</summary>
    Running = 1,

    /// <summary>AfterRun.</summary>
    Stopping = 2,
}
