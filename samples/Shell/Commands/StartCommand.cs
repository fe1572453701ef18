using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;

namespace Shell.Commands;

/// <summary>Starts an instance that has ended.</summary>
internal static class StartCommand
{
    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(1, 1, "start CORE[/INSTANCE]");
        var instance = context.Directory.Find(context.Arguments[0]);
        try
        {
            var started = await Machine.StartInstanceAsync(
                instance.Core,
                instance.Name,
                InstanceDirectory.Patience,
                interrupt
            );
            if (!started)
            {
                throw new CommandException($"{instance.Name} on core {instance.Core} runs already");
            }
        }
        catch (Exception exception)
            when (exception is ChannelException or InvalidOperationException or TimeoutException)
        {
            throw new CommandException(exception.Message);
        }

        Console.Out.Write($"{instance.Name} on core {instance.Core} is started\n");
    }
}
