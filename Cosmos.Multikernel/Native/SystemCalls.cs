using System.Runtime.InteropServices;
using System.Text;
using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Native;

/// <summary>
/// The CPU driver's own system calls (<see cref="MultikernelCall"/>), through the <c>syscall</c> function of the static
/// libc. On Linux they all answer -ENOSYS, which is how an instance learns that it is hosted.
/// </summary>
public static unsafe class SystemCalls
{
    /// <summary>Error number: no such thing.</summary>
    public const int NoEntry = 2;

    /// <summary>Error number: nothing there now.</summary>
    public const int TryAgain = 11;

    /// <summary>Error number: it is there already.</summary>
    public const int Exists = 17;

    /// <summary>Error number: no such system call.</summary>
    public const int NotImplemented = 38;

    /// <summary>Who and where this instance is.</summary>
    /// <returns>0 or a negative error number.</returns>
    public static long ReadIdentity(out Identity identity)
    {
        fixed (Identity* result = &identity)
        {
            *result = default;
            return Invoke(MultikernelCall.Identity, (nint)result, sizeof(Identity));
        }
    }

    /// <summary>The core's and the instance's counters.</summary>
    /// <returns>0 or a negative error number.</returns>
    public static long ReadCoreStatistics(out CoreStatistics statistics)
    {
        fixed (CoreStatistics* result = &statistics)
        {
            *result = default;
            return Invoke(MultikernelCall.CoreStatistics, (nint)result, sizeof(CoreStatistics));
        }
    }

    /// <summary>The instance with this index among those the boot medium declares.</summary>
    /// <returns>0 or a negative error number: -<see cref="NoEntry"/> past the last.</returns>
    public static long ReadDeclaredInstance(int index, out InstanceDeclaration declaration)
    {
        fixed (InstanceDeclaration* result = &declaration)
        {
            *result = default;
            return Invoke(
                MultikernelCall.DeclaredInstance,
                index,
                (nint)result,
                sizeof(InstanceDeclaration)
            );
        }
    }

    /// <summary>What can be reached from this instance's address space, by a walk over its page tables.</summary>
    /// <returns>0 or a negative error number.</returns>
    public static long ReadAudit(out AuditResult audit)
    {
        fixed (AuditResult* result = &audit)
        {
            *result = default;
            return Invoke(MultikernelCall.Audit, (nint)result, sizeof(AuditResult));
        }
    }

    /// <summary>Events of the core's trace, from one on.</summary>
    /// <returns>How many were read; -<see cref="NoEntry"/> when the machine does not trace.</returns>
    public static long ReadTrace(long first, Span<CoreTraceEvent> events)
    {
        fixed (CoreTraceEvent* result = events)
        {
            return Invoke(
                MultikernelCall.ReadTrace,
                (nint)first,
                (nint)result,
                events.Length * sizeof(CoreTraceEvent)
            );
        }
    }

    /// <summary>Offers a channel.</summary>
    /// <returns>Its handle or a negative error number.</returns>
    public static long Connect(ref ConnectRequest request)
    {
        fixed (ConnectRequest* inout = &request)
        {
            return Invoke(MultikernelCall.Connect, (nint)inout, sizeof(ConnectRequest));
        }
    }

    /// <summary>Takes the oldest offered channel.</summary>
    /// <returns>Its handle or a negative error number: -<see cref="TryAgain"/> when there is none.</returns>
    public static long Accept(out AcceptResult accepted)
    {
        fixed (AcceptResult* result = &accepted)
        {
            *result = default;
            return Invoke(MultikernelCall.Accept, (nint)result, sizeof(AcceptResult));
        }
    }

    /// <summary>Rings the peer of a channel.</summary>
    /// <returns>0 or a negative error number.</returns>
    public static long Notify(int handle) => Invoke(MultikernelCall.Notify, handle);

    /// <summary>Ends a channel.</summary>
    /// <returns>0 or a negative error number.</returns>
    public static long Close(int handle) => Invoke(MultikernelCall.Close, handle);

    /// <summary>Switches the whole machine off or restarts it.</summary>
    /// <returns>A negative error number, if at all.</returns>
    public static long Power(PowerAction action) => Invoke(MultikernelCall.Power, (nint)action);

    /// <summary>Starts the instance with this index among those the boot medium declares, after its end; for its core's monitor.</summary>
    /// <returns>
    /// 0 or a negative error number: -<see cref="Exists"/> while it runs, -<see cref="TryAgain"/> while its memory is on the way back.
    /// </returns>
    public static long Start(int index) => Invoke(MultikernelCall.Start, index);

    /// <summary>
    /// Has the file service bring what was written to its media, and disks park: the power is about to go. Waits until that is done, or cannot
    /// be.
    /// </summary>
    public static void PrepareForPowerOff() =>
        BlockingSystemCall((nint)MultikernelCall.PrepareForPowerOff);

    /// <summary>Any system call that does not block.</summary>
    /// <returns>What the kernel returned: negative error numbers included.</returns>
    public static long Invoke(
        long number,
        nint first = 0,
        nint second = 0,
        nint third = 0,
        nint fourth = 0,
        nint fifth = 0,
        nint sixth = 0
    )
    {
        // libc folds an error into -1 and errno; unfold it, so that one number says everything.
        var result = SystemCall((nint)number, first, second, third, fourth, fifth, sixth);
        return result == -1 ? -Marshal.GetLastSystemError() : result;
    }

    /// <summary>A name field as text.</summary>
    /// <param name="name">Its first byte; <see cref="InstanceName.Size"/> bytes follow.</param>
    public static string NameToString(byte* name)
    {
        var bytes = new ReadOnlySpan<byte>(name, InstanceName.Size);
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>Waits until all that was written to files is on its media, or cannot be brought there (sync(2)).</summary>
    [DllImport("libc", EntryPoint = "sync")]
    internal static extern void Synchronize();

    [DllImport("libc", EntryPoint = "syscall")]
    private static extern nint BlockingSystemCall(nint number);

    // Without the transition a call costs what the trap costs; it must not block, since the collector would wait for it.
    [DllImport("libc", EntryPoint = "syscall")]
    [SuppressGCTransition]
    private static extern nint SystemCall(
        nint number,
        nint a,
        nint b,
        nint c,
        nint d,
        nint e,
        nint f
    );
}
