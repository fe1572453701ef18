using System.Diagnostics;
using Cosmos.Multikernel.Channels;

namespace Shell.Commands;

/// <summary>A full collection in another instance: its core stands still for that long, the others do not notice.</summary>
internal static class CollectCommand
{
    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(1, 1, "gc CORE");
        var instance = context.Directory.Find(context.Arguments[0]);
        var client = await context.Directory.ClientAsync(instance, interrupt);
        try
        {
            var before = await client.StatusAsync(InstanceDirectory.Patience, interrupt);
            var begin = Stopwatch.GetTimestamp();
            var after = await client.CollectAsync(InstanceDirectory.Patience, interrupt);
            Console.Out.Write(
                $"{instance.Name} on core {instance.Core}: heap {before.HeapBytes >> 10} KB -> {after.HeapBytes >> 10} KB, "
                    + $"collection {after.Collections2} of generation 2, "
                    + $"{Stopwatch.GetElapsedTime(begin).TotalMilliseconds:0.0} ms\n"
            );
        }
        catch (PeerEndedException end)
        {
            throw new DeadInstanceException(instance, context.Directory.NoteEnd(instance, end));
        }
    }
}
