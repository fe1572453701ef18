using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Hostile;

/// <summary>
/// A signal handler returns with flags that ring 3 may not have: I/O privilege, interrupts off, nested task, virtual 8086.
/// None may come through.
/// </summary>
internal static class SignalFlags
{
    // Intel SDM volume 1, section 3.4.3.
    private const ulong Always = 1 << 1;
    private const ulong InterruptsOn = 1 << 9;
    private const ulong IoPrivilege = 3 << 12;
    private const ulong NestedTask = 1 << 14;
    private const ulong Virtual8086 = 1 << 17;
    private const ulong Forbidden = Virtual8086 | NestedTask | IoPrivilege;

    public static string Run()
    {
        SignalFrames.ReturnTo(toFlags: Forbidden | Always);
        var flags = SignalFrames.CurrentFlags();
        Expect.Equal(0ul, flags & Forbidden);
        Expect.Equal(InterruptsOn | Always, flags & (InterruptsOn | Always));
        return $"0x{flags:x}";
    }
}
