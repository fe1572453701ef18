using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>
/// The thread that starts all our machines' processes. They are to end with us, even when we are killed, and what Linux
/// watches for that (PR_SET_PDEATHSIG) is the parent <em>thread</em>: so it is one that never ends.
/// </summary>
internal static class ParentThread
{
    private const string Guard = "/usr/bin/setpriv";
    private static readonly BlockingCollection<Action> Requests = [];

    static ParentThread()
    {
        var thread = new Thread(() =>
        {
            foreach (var request in Requests.GetConsumingEnumerable())
            {
                request();
            }
        })
        {
            IsBackground = true,
            Name = "parent of machines",
        };
        thread.Start();
    }

    /// <summary>Runs a function on the thread and returns what it returns, or throws what it throws.</summary>
    public static T Run<T>(Func<T> function)
    {
        var outcome = new TaskCompletionSource<T>();
        Requests.Add(() =>
        {
            try
            {
                outcome.SetResult(function());
            }
            catch (Exception failure)
            {
                outcome.SetException(ExceptionDispatchInfo.SetCurrentStackTrace(failure));
            }
        });
        return outcome.Task.GetAwaiter().GetResult();
    }

    /// <summary>The command that runs a command and is killed when this thread ends.</summary>
    public static IReadOnlyList<string> Guarded(IEnumerable<string> command) =>
        File.Exists(Guard) ? [Guard, "--pdeathsig", "KILL", "--", .. command] : [.. command];
}
