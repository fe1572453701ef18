using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Cosmos.Multikernel.Bench.Io.Linux;

/// <summary>Linux's system calls that .NET has no method for, by their numbers (arch/x86/entry/syscalls/syscall_64.tbl).</summary>
internal static unsafe class LinuxCalls
{
    public const int Open = 2;
    public const int MapMemory = 9;
    public const int Control = 16;
    public const int Socket = 41;
    public const int Connect = 42;
    public const int Send = 44;
    public const int Receive = 45;
    public const int SetSocketOption = 54;
    public const int Mount = 165;
    public const int LoadModule = 313;
    public const int RingSetUp = 425;
    public const int RingEnter = 426;

    /// <summary>EINTR: a signal came first.</summary>
    public const int Interrupted = 4;

    /// <summary>EAGAIN: nothing came in time.</summary>
    public const int TryAgain = 11;

    /// <summary>Calls; what went wrong is an exception that names the call.</summary>
    /// <exception cref="Win32Exception">Linux says no.</exception>
    public static nint Call(
        string what,
        int number,
        nint a,
        nint b = 0,
        nint c = 0,
        nint d = 0,
        nint e = 0,
        nint f = 0
    )
    {
        nint result = Invoke(number, a, b, c, d, e, f);
        return result != -1 ? result : throw Failure(what);
    }

    /// <summary>What went wrong in the last call.</summary>
    public static Win32Exception Failure(string what) =>
        new(Marshal.GetLastPInvokeError(), $"{what}: error {Marshal.GetLastPInvokeError()}");

    /// <summary>Opens a file as it is on the device, past Linux's cache.</summary>
    public static nint OpenDirect(string file)
    {
        const int readWrite = 2;
        const int direct = 0x4000;
        fixed (byte* name = Text(file))
        {
            return Call($"opening {file}", Open, (nint)name, readWrite | direct);
        }
    }

    /// <summary>A text as C has it.</summary>
    public static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    /// <summary>The call itself; -1 and the error's number as C has it.</summary>
    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static extern nint Invoke(nint number, nint a, nint b, nint c, nint d, nint e, nint f);
}
