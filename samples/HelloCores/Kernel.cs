using System.Text;
using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;
using Sys = Cosmos.System;

namespace HelloCores;

/// <summary>The same kernel on every core: each says where it runs, greets its neighbour and prints who greets it.</summary>
public class Kernel : Sys.AsyncKernel
{
    protected override async Task BeforeRunAsync()
    {
        Console.WriteLine($"Hello from core {Core.Current} of {Core.Count}.");
        var neighbours = Machine
            .DeclaredInstances.Where(other => other.Name == Instance.Name)
            .ToList();
        var mine = neighbours.FindIndex(other => other.Core == Core.Current);
        using var channel = await Channel.ConnectAsync(
            neighbours[(mine + 1) % neighbours.Count].Core,
            Instance.Name
        );
        await channel.SendAsync(Encoding.UTF8.GetBytes($"Greetings from core {Core.Current}!"));
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var channel = await Channel.AcceptAsync(stopping);
        var greeting = await channel.ReceiveAsync(stopping);
        Console.WriteLine(
            $"Core {channel.PeerCore} says: {Encoding.UTF8.GetString(greeting.Span)}"
        );
    }
}
