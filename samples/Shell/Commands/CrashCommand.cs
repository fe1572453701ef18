using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Services;

namespace Shell.Commands;

/// <summary>Kills an instance from inside, to see that nothing else dies with it.</summary>
internal static class CrashCommand
{
    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(1, 2, "crash CORE [null|stack|exception|exit|wild]");
        var instance = context.Directory.Find(context.Arguments[0]);
        var kind = context.Arguments.Count == 1 ? CrashKind.Null : Parse(context.Arguments[1]);
        var client = await context.Directory.ClientAsync(instance, interrupt);
        PeerEndedException end;
        try
        {
            await client.CrashAsync(kind, InstanceDirectory.Patience, interrupt);
            end = await client.EndAsync(InstanceDirectory.Patience, interrupt);
        }
        catch (PeerEndedException already)
        {
            end = already;
        }

        var cause = context.Directory.NoteEnd(instance, end);
        Console.Out.Write(DeadInstanceException.Describe(instance, cause) + "\n");
    }

    private static CrashKind Parse(string word) =>
        word switch
        {
            "null" => CrashKind.Null,
            "stack" => CrashKind.Stack,
            "exception" => CrashKind.Exception,
            "exit" => CrashKind.Exit,
            "wild" => CrashKind.Wild,
            _ => throw new CommandException($"'{word}' is no way to crash", CommandException.Usage),
        };
}
