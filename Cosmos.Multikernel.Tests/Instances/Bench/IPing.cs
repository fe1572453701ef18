using System.Runtime.InteropServices;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Tests.Instances.Bench;

/// <summary>Answers.</summary>
[MessageInterface(Service = "ping")]
internal interface IPing
{
    ValueTask<long> PingAsync(long value);
}

/// <summary>Allocates on request.</summary>
[MessageInterface(Service = "load")]
internal interface ILoad
{
    /// <summary>Builds the live set; <see cref="Load.Settling"/> later allocates beside it until stopped.</summary>
    ValueTask StartAsync();

    /// <summary>Stops allocating; tells what the collector did meanwhile.</summary>
    ValueTask<CollectorReport> StopAsync();
}

/// <summary>What the collector did.</summary>
/// <param name="Collections">Collections of all generations.</param>
/// <param name="Full">Those of generation 2.</param>
/// <param name="PauseMilliseconds">Time in which the instance's threads stood still.</param>
/// <param name="LiveBytes">What was alive.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct CollectorReport(
    int Collections,
    int Full,
    double PauseMilliseconds,
    long LiveBytes
);

internal sealed class Ping : IPing
{
    public ValueTask<long> PingAsync(long value) => new(value);
}
