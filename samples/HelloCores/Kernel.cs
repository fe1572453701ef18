using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;
using Sys = Cosmos.System;

namespace HelloCores;

/// <summary>The same kernel on every core: each says where it runs, and greets the next one.</summary>
public class Kernel : Sys.AsyncKernel
{
    protected override async Task BeforeRunAsync()
    {
        Console.WriteLine($"Hello from core {Core.Current} of {Core.Count}.");
        var cores = Machine.CoresOf(Instance.Name);
        var next = cores.FirstOrDefault(core => core > Core.Current, cores[0]);
        using var channel = await Channel.ConnectAsync(next, Instance.Name);
        await channel.SendAsync(Core.Current);
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var channel = await Channel.AcceptAsync(stopping);
        Console.WriteLine($"Core {await channel.ReceiveAsync<int>(stopping)} greets me.");
    }
}
