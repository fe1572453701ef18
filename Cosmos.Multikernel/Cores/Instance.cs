using System.Diagnostics;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels.Platforms;
using Cosmos.Multikernel.Native;

namespace Cosmos.Multikernel;

/// <summary>This kernel instance: what the CPU driver, or on Linux the environment, says about it.</summary>
public static unsafe class Instance
{
    private static readonly Identity Given;
    private static readonly long Started = Stopwatch.GetTimestamp();

    static Instance()
    {
        IsHosted = SystemCalls.ReadIdentity(out Given) < 0;
        if (IsHosted)
        {
            var (core, count) = HostedEnvironment.ReadCores(Environment.GetEnvironmentVariable);
            (Given.Core, Given.CoreCount) = ((uint)core, (uint)count);
            Name =
                Environment.GetEnvironmentVariable("COSMOS_INSTANCE")
                ?? Path.GetFileName(Environment.ProcessPath)
                ?? "instance";
            return;
        }

        fixed (byte* name = Given.Name)
        {
            Name = SystemCalls.NameToString(name);
        }
    }

    /// <summary>Its name: unique on its core.</summary>
    public static string Name { get; }

    /// <summary>True for an ordinary process on Linux, false on the metal.</summary>
    public static bool IsHosted { get; }

    /// <summary>
    /// Which life of it this is, from 0: it grows each time the instance is started anew (<c>restart=</c> in
    /// docs/kernel-instances.md).
    /// </summary>
    public static int Life => (int)InstancePlatform.Current.Life;

    /// <summary>How long the instance has run.</summary>
    public static TimeSpan Uptime => Stopwatch.GetElapsedTime(Started);

    /// <summary>Memory that this instance alone uses, bytes.</summary>
    public static long PrivateMemory =>
        IsHosted ? Environment.WorkingSet
        : SystemCalls.ReadCoreStatistics(out var statistics) < 0 ? 0
        : (long)statistics.PrivateBytes;

    internal static ref readonly Identity Identity => ref Given;
}
