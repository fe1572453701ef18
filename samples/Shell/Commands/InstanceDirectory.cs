using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Services;

namespace Shell.Commands;

/// <summary>
/// A connection to every other instance on the machine, made at the start and kept, so that when one dies its cause of
/// death is known.
/// </summary>
internal sealed class InstanceDirectory
{
    /// <summary>How long to wait for an instance: under an emulator with busy host CPUs a second is not much.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<DeclaredInstance, Task<InstanceClient>> clients = [];
    private readonly Dictionary<DeclaredInstance, string> ends = [];

    /// <summary>The instances that the boot medium declares for cores that are there, by core.</summary>
    public IReadOnlyList<DeclaredInstance> All { get; } =
    [
        .. Machine
            .DeclaredInstances.Where(instance => instance.Core < Core.Count)
            .OrderBy(instance => instance.Core),
    ];

    /// <summary>Begins to connect to all of them.</summary>
    public void Watch()
    {
        foreach (var instance in All.Where(instance => !IsSelf(instance)))
        {
            clients[instance] = InstanceClient.ConnectAsync(instance.Core, instance.Name, Patience);
        }
    }

    /// <summary>Whether it is the one this shell runs in.</summary>
    public static bool IsSelf(DeclaredInstance instance) =>
        instance.Core == Core.Current && instance.Name == Instance.Name;

    /// <summary>The instance that <c>CORE</c> or <c>CORE/NAME</c> means: the first on that core that is not the shell.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public DeclaredInstance Find(string argument)
    {
        var parts = argument.Split('/', 2);
        if (!int.TryParse(parts[0], out var core))
        {
            throw new CommandException($"'{parts[0]}' is no core number", CommandException.Usage);
        }

        if (core < 0 || core >= Core.Count)
        {
            throw new CommandException(
                $"there is no core {core} (0 to {Core.Count - 1})",
                CommandException.Usage
            );
        }

        var here = All.Where(instance =>
            instance.Core == core && (parts.Length == 1 || instance.Name == parts[1])
        );
        return here.OrderBy(IsSelf).FirstOrDefault()
            ?? throw new CommandException(
                parts.Length == 1
                    ? $"no instance runs on core {core}"
                    : $"there is no instance '{parts[1]}' on core {core}",
                CommandException.Usage
            );
    }

    /// <summary>The connection to an instance.</summary>
    /// <exception cref="DeadInstanceException">It is dead.</exception>
    /// <exception cref="CommandException">It is this shell, or it does not answer.</exception>
    /// <exception cref="OperationCanceledException">The command was interrupted before the instance answered.</exception>
    public async Task<InstanceClient> ClientAsync(
        DeclaredInstance instance,
        CancellationToken interrupt
    )
    {
        if (IsSelf(instance))
        {
            throw new CommandException(
                $"core {instance.Core} runs this shell; choose another",
                CommandException.Usage
            );
        }

        if (
            clients[instance] is { IsCompletedSuccessfully: true } known
            && known.Result.EndReason is PeerEndedException ended
        )
        {
            NoteEnd(instance, ended);
            known.Result.Dispose();
        }

        var died = ends.TryGetValue(instance, out var end);
        if (died)
        {
            // It may have been started again.
            clients[instance] = InstanceClient.ConnectAsync(instance.Core, instance.Name, Patience);
        }

        try
        {
            var client = await clients[instance].WaitAsync(interrupt);
            ends.Remove(instance);
            return client;
        }
        catch (PeerEndedException exception)
        {
            throw new DeadInstanceException(instance, NoteEnd(instance, exception));
        }
        catch (ChannelException) when (died)
        {
            throw new DeadInstanceException(instance, end!);
        }
        catch (Exception exception) when (exception is TimeoutException or ChannelException)
        {
            // It may only be slow to start: the next command tries again.
            clients[instance] = InstanceClient.ConnectAsync(instance.Core, instance.Name, Patience);
            throw new CommandException(
                $"{instance.Name} on core {instance.Core} does not answer ({exception.Message})"
            );
        }
    }

    /// <summary>Remembers how an instance ended.</summary>
    /// <returns>In words.</returns>
    public string NoteEnd(DeclaredInstance instance, PeerEndedException end)
    {
        var words = end.Signal is { } signal
            ? $"signal {signal}{SignalName(signal)}"
            : $"status {end.ExitCode}";
        ends[instance] = words;
        return words;
    }

    private static string SignalName(int signal) =>
        signal switch
        {
            4 => " (SIGILL)",
            6 => " (SIGABRT)",
            7 => " (SIGBUS)",
            8 => " (SIGFPE)",
            9 => " (SIGKILL)",
            11 => " (SIGSEGV)",
            15 => " (SIGTERM)",
            _ => "",
        };
}
