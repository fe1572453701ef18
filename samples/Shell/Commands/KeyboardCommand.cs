using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.Console.Driver;
using Cosmos.Multikernel.Drivers.Console.Keyboards;
using Cosmos.Multikernel.Naming;

namespace Shell.Commands;

/// <summary>The layout of the machine's keyboard: shows it, or changes it.</summary>
internal static class KeyboardCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(0, 1, "keyboard [LAYOUT]");
        try
        {
            using var desk = await Names.BindAsync<KeyboardDeskProxy>(
                ConsoleDriver.KeyboardName,
                Patience,
                interrupt
            );
            if (context.Arguments.Count > 0)
            {
                await desk.SetLayoutAsync(context.Arguments[0]);
            }

            Console.Out.Write(
                $"{await desk.GetLayoutAsync()} (there are {KeyboardLayout.Names})\n"
            );
        }
        catch (ArgumentException exception)
        {
            throw new CommandException(exception.Message, CommandException.Usage);
        }
        catch (TimeoutException)
        {
            throw new CommandException(
                "there is no console driver: the CPU driver serves an American keyboard"
            );
        }
        catch (Exception exception)
            when (exception is ChannelException or InvalidOperationException)
        {
            throw new CommandException(exception.Message);
        }
    }
}
