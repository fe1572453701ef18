using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>
/// The CPU driver walks its real page tables: no writable page outside the core's own memory but those shared on purpose,
/// none writable and executable, nothing of the kernel within an instance's reach.
/// </summary>
internal static class SharesNothing
{
    public static string Run()
    {
        Expect.Equal(0, SystemCalls.ReadAudit(out var audit));
        Expect.Equal(0ul, audit.SharedByMistake);
        Expect.Equal(0ul, audit.WritableExecutable);
        Expect.Equal(0ul, audit.KernelReachable);
        return $"{audit.Pages} pages, {audit.WritablePages} writable, {audit.SharedOnPurpose} shared on purpose";
    }
}
