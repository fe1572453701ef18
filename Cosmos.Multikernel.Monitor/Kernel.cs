using Cosmos.Multikernel.Monitors;
using Sys = Cosmos.System;

namespace Cosmos.Multikernel.Monitor;

/// <summary>The monitor of a core, as a kernel instance: the Sdk puts one on every core of an image.</summary>
public class Kernel : Sys.AsyncKernel
{
    /// <inheritdoc/>
    protected override Task RunAsync(CancellationToken stopping) => CoreMonitor.RunAsync(stopping);
}
