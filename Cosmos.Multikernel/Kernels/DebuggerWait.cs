using System.Diagnostics;

namespace Cosmos.Multikernel.Kernels;

/// <summary>
/// Lets a hosted instance wait for a debugger before its kernel starts: <c>COSMOS_WAIT_FOR_DEBUGGER</c> names the instances,
/// separated by commas, as <c>NAME</c> or <c>CORE/NAME</c>, or says <c>all</c>.
/// </summary>
internal static class DebuggerWait
{
    private const string Variable = "COSMOS_WAIT_FOR_DEBUGGER";
    private const int LookEvery = 100;

    /// <summary>Returns at once unless this instance is meant.</summary>
    public static void WaitIfAsked()
    {
        if (!Instance.IsHosted || !IsMeant(Environment.GetEnvironmentVariable(Variable)))
        {
            return;
        }

        Console.WriteLine(
            $"{Instance.Name} on core {Core.Current} waits for a debugger to attach to process {Environment.ProcessId}"
        );
        while (!Debugger.IsAttached && !IsTraced())
        {
            Thread.Sleep(LookEvery);
        }
    }

    private static bool IsMeant(string? names) =>
        names is not null
        && names
            .Split(',', StringSplitOptions.TrimEntries)
            .Any(name =>
                name == "all" || name == Instance.Name || name == $"{Core.Current}/{Instance.Name}"
            );

    // gdb and lldb, which debug native images, are known to Linux rather than to .NET (proc(5): TracerPid).
    private static bool IsTraced() =>
        File.ReadLines("/proc/self/status")
            .Any(line =>
                line.StartsWith("TracerPid:", StringComparison.Ordinal)
                && line.AsSpan("TracerPid:".Length).Trim() is not "0"
            );
}
