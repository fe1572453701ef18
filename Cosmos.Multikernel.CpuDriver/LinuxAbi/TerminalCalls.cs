using System.Runtime.InteropServices;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>
/// ioctl: standard input and output of the console's instance are a terminal (ioctl_tty(2); numbers in asm-generic/ioctls.h).
/// Nothing else is.
/// </summary>
public static unsafe class TerminalCalls
{
    private const ulong GetAttributes = 0x5401;
    private const ulong SetAttributes = 0x5402;
    private const ulong SetAttributesAfterOutput = 0x5403;
    private const ulong SetAttributesAndDropInput = 0x5404;
    private const ulong GetGroup = 0x540f;
    private const ulong SetGroup = 0x5410;
    private const ulong GetSize = 0x5413;
    private const ulong CountInput = 0x541b;

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Size
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    public static long Control(Thread* thread, ulong descriptor, ulong request, ulong argument)
    {
        OpenFile* file = thread->Domain->Files.Find(descriptor);
        if (file == null)
        {
            return -Errno.EBADF;
        }
        if (!IsTerminal(thread, file))
        {
            return -Errno.ENOTTY;
        }
        switch (request)
        {
            case GetAttributes:
                TerminalAttributes now = InstanceInput.Attributes;
                return Give(thread, argument, &now, sizeof(TerminalAttributes));
            case SetAttributes:
            case SetAttributesAfterOutput:
            case SetAttributesAndDropInput:
                TerminalAttributes wanted;
                if (
                    !UserMemory.TryRead(
                        thread->Domain,
                        &wanted,
                        argument,
                        (ulong)sizeof(TerminalAttributes)
                    )
                )
                {
                    return -Errno.EFAULT;
                }
                if (request == SetAttributesAndDropInput)
                {
                    InstanceInput.Drop();
                }
                InstanceInput.SetAttributes(wanted);
                return 0;
            case GetSize:
                Size size = new() { Rows = InstanceInput.Rows, Columns = InstanceInput.Columns };
                return Give(thread, argument, &size, sizeof(Size));
            case CountInput:
                uint count = InstanceInput.Count;
                return Give(thread, argument, &count, sizeof(uint));
            case GetGroup:
                // One process, one group: both have the same number.
                uint group = (uint)thread->Domain->Id;
                return Give(thread, argument, &group, sizeof(uint));
            case SetGroup:
                return 0;
            default:
                return -Errno.ENOTTY;
        }
    }

    /// <summary>Whether a file is the terminal.</summary>
    public static bool IsTerminal(Thread* thread, OpenFile* file) =>
        thread->Domain->IsConsole && file->Kind is FileKind.Input or FileKind.Output;

    private static long Give(Thread* thread, ulong address, void* value, int bytes) =>
        UserMemory.TryWrite(thread->Domain, address, value, (ulong)bytes) ? 0 : -Errno.EFAULT;
}
