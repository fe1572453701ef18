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
        try
        {
            using var channel = await Channel.ConnectAsync(next, Instance.Name);
            await channel.SendAsync(Core.Current);
        }
        catch (ChannelException exception)
        {
            // The neighbour has ended. This kernel goes on.
            Console.WriteLine($"Nobody to greet: {exception.Message}");
        }
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var channel = await Channel.AcceptAsync(stopping);
        try
        {
            Console.WriteLine($"Core {await channel.ReceiveAsync<int>(stopping)} greets me.");
        }
        catch (ChannelException exception)
        {
            Console.WriteLine($"Not greeted: {exception.Message}");
        }
    }
}
