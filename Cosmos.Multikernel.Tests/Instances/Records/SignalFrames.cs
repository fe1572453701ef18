using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Tests.Instances.Records;

/// <summary>
/// Lets a signal handler return to registers of our choice: the kernel restores what the frame on the user's stack says,
/// and must trust none of it. Source: Linux, arch/x86/include/uapi/asm/sigcontext.h and ucontext.h.
/// </summary>
internal static unsafe partial class SignalFrames
{
    private const int User1 = 10;
    private const int WithInformation = 4;

    // struct ucontext: flags, link and the alternative stack come before the registers; of these R8 is the first.
    private const int RegistersOffset = 40;
    private const int RipIndex = 16;
    private const int FlagsIndex = 17;
    private const int SegmentsIndex = 18;

    private static ulong rip;
    private static ulong flags;
    private static ulong segments;
    private static ulong found;

    /// <summary>glibc's struct sigaction.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Action
    {
        public delegate* unmanaged<int, nint, nint, void> Handler;
        public Mask Mask;
        public int Flags;
        public nint Restorer;
    }

    [InlineArray(16)]
    private struct Mask
    {
        private ulong first;
    }

    /// <summary>RFLAGS of this thread, as the kernel saved them when a signal came.</summary>
    public static ulong CurrentFlags()
    {
        ReturnTo();
        return found;
    }

    /// <summary>Takes a signal whose handler returns to these registers; null leaves one as it is.</summary>
    /// <param name="toRip">Where to go on.</param>
    /// <param name="toFlags">RFLAGS.</param>
    /// <param name="toSegments">CS, GS, FS and SS, 16 bits each.</param>
    public static void ReturnTo(
        ulong? toRip = null,
        ulong? toFlags = null,
        ulong? toSegments = null
    )
    {
        rip = toRip ?? 0;
        flags = toFlags ?? 0;
        segments = toSegments ?? 0;
        Action action = new() { Handler = &Handle, Flags = WithInformation };
        if (SetAction(User1, &action, 0) != 0 || Raise(User1) != 0)
        {
            throw new InvalidOperationException("No signal handler could be installed");
        }
    }

    [UnmanagedCallersOnly]
    private static void Handle(int signal, nint information, nint context)
    {
        var registers = (ulong*)(context + RegistersOffset);
        found = registers[FlagsIndex];
        registers[RipIndex] = rip == 0 ? registers[RipIndex] : rip;
        registers[FlagsIndex] = flags == 0 ? registers[FlagsIndex] : flags;
        registers[SegmentsIndex] = segments == 0 ? registers[SegmentsIndex] : segments;
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SetAction(int signal, Action* action, nint old);

    [LibraryImport("libc", EntryPoint = "raise")]
    private static partial int Raise(int signal);
}
