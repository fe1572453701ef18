using Cosmos.Multikernel;

namespace Shell.Commands;

/// <summary>All commands.</summary>
internal static class CommandTable
{
    /// <summary>In the order in which <c>help</c> shows them.</summary>
    public static IReadOnlyList<Command> Commands { get; } =
    [
        new("help", "", "lists the commands", HelpAsync),
        new(
            "cores",
            "",
            "shows every instance: state, uptime, memory, collections",
            CoresCommand.RunAsync
        ),
        new(
            "ping",
            "CORE [COUNT]",
            "measures round trips to the instance there",
            PingCommand.RunAsync
        ),
        new("ping", "HOST [COUNT]", "sends echoes to a host on the network", PingCommand.RunAsync),
        new(
            "ifconfig",
            "",
            "shows network interfaces: addresses, link, packets",
            InterfacesCommand.RunAsync
        ),
        new(
            "nslookup",
            "NAME [SERVER]",
            "asks for the addresses of a name",
            LookupCommand.RunAsync
        ),
        new(
            "channels",
            "",
            "shows the shell's channels and their counters",
            ChannelsCommand.RunAsync
        ),
        new("names", "", "shows who serves what under which name", NamesCommand.RunAsync),
        new("devices", "", "shows all devices, and who drives each", DevicesCommand.RunAsync),
        new(
            "keyboard",
            "[LAYOUT]",
            "shows or changes the layout of the keyboard",
            KeyboardCommand.RunAsync
        ),
        new("watch", "[SECONDS]", "shows starts and ends of instances", WatchCommand.RunAsync),
        new("trace", "", "writes what run --trace has recorded so far", TraceCommand.RunAsync),
        new("gc", "CORE", "makes the instance there collect its garbage", CollectCommand.RunAsync),
        new(
            "crash",
            "CORE [HOW]",
            "makes the instance there die; the rest go on",
            CrashCommand.RunAsync
        ),
        new("start", "CORE", "starts the instance there after its end", StartCommand.RunAsync),
        .. FileCommands.All,
        new("echo", "[WORD...]", "prints the words", EchoAsync),
        new("clear", "", "clears the screen", ClearAsync),
        new(
            "reboot",
            "",
            "starts the machine again",
            (context, _) => Power(context, Machine.Reboot)
        ),
        new(
            "shutdown",
            "",
            "switches the machine off",
            (context, _) => Power(context, Machine.Shutdown)
        ),
    ];

    /// <summary>Checks how many arguments there are.</summary>
    /// <exception cref="CommandException">Too few or too many.</exception>
    public static void ExpectArguments(
        this CommandContext context,
        int least,
        int most,
        string usage
    )
    {
        if (context.Arguments.Count < least)
        {
            throw new CommandException($"usage: {usage}", CommandException.Usage);
        }

        if (context.Arguments.Count > most)
        {
            throw new CommandException(
                $"'{context.Arguments[most]}' is too much; usage: {usage}",
                CommandException.Usage
            );
        }
    }

    private static Task HelpAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(0, 0, "help");
        foreach (var command in context.Commands)
        {
            Console.Out.Write($"{command.Name + " " + command.Usage, -22} {command.Summary}\n");
        }

        Console.Out.Write(
            "CORE is a core's number, or CORE/NAME for one of several instances there.\n"
                + "HOW is null (if you do not say), stack, exception, exit or wild.\n"
                + "SERVER is a name server's address or name, perhaps with :PORT.\n"
                + "Commands may be joined by ; and Ctrl+C ends one.\n"
        );
        return Task.CompletedTask;
    }

    private static Task EchoAsync(CommandContext context, CancellationToken interrupt)
    {
        Console.Out.Write(string.Join(' ', context.Arguments) + "\n");
        return Task.CompletedTask;
    }

    private static Task ClearAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(0, 0, "clear");
        Console.Out.Write("\e[2J\e[H");
        return Task.CompletedTask;
    }

    private static async Task Power(CommandContext context, Action act)
    {
        context.ExpectArguments(0, 0, "reboot or shutdown, without arguments");
        await TraceCommand.WriteIfOnAsync();
        act();
    }
}
