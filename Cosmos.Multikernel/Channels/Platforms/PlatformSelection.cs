using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels.Platforms.Hosted;
using Cosmos.Multikernel.Tracing;

namespace Cosmos.Multikernel.Channels.Platforms;

/// <summary>Finds out what this process runs on.</summary>
internal static class PlatformSelection
{
    /// <summary>Hosted: the variable that names the directory that is the machine.</summary>
    public const string MachineVariable = "COSMOS_HOSTED";

    /// <summary>Hosted: not empty where a trace is recorded.</summary>
    public const string TraceVariable = "COSMOS_TRACE";

    /// <summary>Hosted: the directory that is the machine.</summary>
    public static string MachineFolder =>
        Environment.GetEnvironmentVariable(MachineVariable)
        ?? Path.Combine(HostedPlatform.MachinesDirectory, $"cosmos-{Environment.ProcessId}");

    /// <summary>The metal when a CPU driver answers, else the hosted machine the environment names, else one of its own.</summary>
    public static InstancePlatform Select()
    {
        if (!Instance.IsHosted)
        {
            return new MetalPlatform(DomainPage.Main);
        }
        bool traces = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TraceVariable));
        HostedPlatform platform = new(
            MachineFolder,
            Core.Current,
            Instance.Name,
            Machine.DeclaredInstances,
            traces ? TraceBuffer.DefaultCapacity : 0
        );
        const int aborted = 6;
        AppDomain.CurrentDomain.UnhandledException += (_, _) => platform.RecordEnd(aborted);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
            platform.RecordEnd(Environment.ExitCode << 8);
        return platform;
    }
}
