using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Fatal;

/// <summary>How an instance ended, as the CPU driver's last line about it says.</summary>
internal enum EndKind
{
    /// <summary><c>ended: status S</c></summary>
    Status,

    /// <summary><c>ended: signal S (NAME): ...</c></summary>
    Signal,
}

/// <summary>One way to die.</summary>
/// <param name="Name">The argument that asks for it; the fixture names the instance after it.</param>
/// <param name="Kind">Whether it ends by an exit status or by a signal.</param>
/// <param name="Value">The exit status or the signal's number.</param>
/// <param name="Says">Words of what is reported about it, by itself or by the CPU driver; null where there are none.</param>
/// <param name="Die">Does it; does not return.</param>
internal sealed record FatalCase(string Name, EndKind Kind, int Value, string? Says, Action Die);

/// <summary>
/// Every way an instance can die of itself. Each must end that instance alone, with a report, and leave the others
/// on the same machine as they were.
/// </summary>
internal static class FatalTable
{
    private const long RtSigreturn = 15;

    private const int Abort = 6;
    private const int SegmentationFault = 11;

    public static IReadOnlyList<FatalCase> Cases { get; } =
    [
        new("exit-42", EndKind.Status, 42, null, static () => Environment.Exit(42)),
        new(
            "unhandled-exception",
            EndKind.Signal,
            Abort,
            "on purpose",
            static () => throw new InvalidOperationException("on purpose")
        ),
        new(
            "unhandled-on-a-thread",
            EndKind.Signal,
            Abort,
            "on a thread",
            static () => OnAThread(static () => throw new InvalidOperationException("on a thread"))
        ),
        new(
            "fail-fast",
            EndKind.Signal,
            Abort,
            "given up",
            static () => Environment.FailFast("given up")
        ),
        new(
            "stack-overflow",
            EndKind.Signal,
            SegmentationFault,
            "stack overflow",
            static () => Endless.Recurse(0)
        ),
        new(
            "stack-overflow-on-a-thread",
            EndKind.Signal,
            SegmentationFault,
            "stack overflow",
            static () => OnAThread(static () => Endless.Recurse(0))
        ),
        new(
            "unhandled-out-of-memory",
            EndKind.Signal,
            Abort,
            null,
            static () => Endless.Allocate()
        ),
        new("write-to-text", EndKind.Signal, Abort, null, static () => WildPointers.WriteToText()),
        new(
            "wild-read",
            EndKind.Signal,
            Abort,
            null,
            static () => WildPointers.Read(0x0000_1234_5678_9000)
        ),
        new(
            "jump-to-data",
            EndKind.Signal,
            SegmentationFault,
            "execution",
            static () => WildPointers.JumpToData()
        ),
        new(
            "read-kernel-image",
            EndKind.Signal,
            Abort,
            null,
            static () => WildPointers.Read(0xFFFF_FFFF_8010_0000)
        ),
        new(
            "read-direct-map",
            EndKind.Signal,
            Abort,
            null,
            static () => WildPointers.Read(0xFFFF_8000_0010_0000)
        ),
        new(
            "write-kernel-image",
            EndKind.Signal,
            Abort,
            null,
            static () => WildPointers.Write(0xFFFF_FFFF_8020_0000)
        ),
        new(
            "read-non-canonical",
            EndKind.Signal,
            Abort,
            null,
            static () => WildPointers.Read(0x0000_9000_0000_0000)
        ),
        Returning("kernel-rip", 0xFFFF_FFFF_8010_0000),
        Returning("non-canonical-rip", 0x0000_8000_0000_0000),
        Returning("last-page-rip", 0x0000_7FFF_FFFF_FFFE),
        new(
            "sigreturn-garbage",
            EndKind.Signal,
            SegmentationFault,
            "bad signal frame",
            static () => SystemCalls.Invoke(RtSigreturn)
        ),
        Privileged("cli", 0xFA),
        Privileged("sti", 0xFB),
        Privileged("hlt", 0xF4),
        Privileged("in", 0xEC),
        Privileged("out", 0xEE),
        Privileged("wrmsr", 0x0F, 0x30),
        Privileged("rdmsr", 0x0F, 0x32),
        Privileged("clts", 0x0F, 0x06),
        Privileged("invd", 0x0F, 0x08),
        Privileged("sysret", 0x0F, 0x07),
    ];

    private static FatalCase Returning(string where, ulong address) =>
        new(
            $"sigreturn-{where}",
            EndKind.Signal,
            SegmentationFault,
            "bad signal frame",
            () => SignalFrames.ReturnTo(toRip: address)
        );

    private static FatalCase Privileged(string instruction, params byte[] bytes) =>
        new(
            $"privileged-{instruction}",
            EndKind.Signal,
            SegmentationFault,
            "general protection fault",
            () => PrivilegedInstructions.Execute(bytes)
        );

    private static void OnAThread(ThreadStart die)
    {
        var thread = new Thread(die);
        thread.Start();
        thread.Join();
    }
}
