using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Services;

namespace Shell.Commands;

/// <summary>A table of all instances, each asked by message at the same time.</summary>
internal static class CoresCommand
{
    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(0, 0, "cores");
        var rows = await Task.WhenAll(
            context.Directory.All.Select(instance =>
                RowAsync(context.Directory, instance, interrupt)
            )
        );
        Console.Out.Write(
            "CORE  INSTANCE      STATE        UPTIME    MEMORY      HEAP  GC0  GC1  GC2 LIFE\n"
        );
        foreach (var row in rows)
        {
            Console.Out.Write(row);
        }
    }

    private static async Task<string> RowAsync(
        InstanceDirectory directory,
        DeclaredInstance instance,
        CancellationToken interrupt
    )
    {
        var start = $"{instance.Core, 4}  {instance.Name, -12}  ";
        try
        {
            var status = InstanceDirectory.IsSelf(instance)
                ? InstanceService.CurrentStatus()
                : await StatusAsync(directory, instance, interrupt);
            return start
                + $"{status.State.ToString().ToLowerInvariant(), -9}"
                + $"{status.Uptime / 1e9, 8:0.0} s"
                + $"{status.PrivateBytes / 1024, 7} KB"
                + $"{status.HeapBytes / 1024, 7} KB"
                + $"{status.Collections0, 5}{status.Collections1, 5}{status.Collections2, 5}"
                + $"{status.Life + 1, 5}\n";
        }
        catch (PeerEndedException end)
        {
            return $"{start}dead: {directory.NoteEnd(instance, end)}\n";
        }
        catch (TimeoutException)
        {
            return $"{start}does not answer\n";
        }
        catch (DeadInstanceException dead)
        {
            return $"{start}dead: {dead.Cause}\n";
        }
        catch (Exception exception) when (exception is CommandException or ChannelException)
        {
            return $"{start}{exception.Message}\n";
        }
    }

    private static async Task<InstanceStatus> StatusAsync(
        InstanceDirectory directory,
        DeclaredInstance instance,
        CancellationToken interrupt
    )
    {
        var client = await directory.ClientAsync(instance, interrupt);
        return await client.StatusAsync(InstanceDirectory.Patience, interrupt);
    }
}
