using Cosmos.Multikernel.Services;
using Cosmos.Multikernel.Tracing;

namespace Cosmos.Multikernel.Kernels;

/// <summary>Gives a kernel its event loop and the service every instance offers, for as long as it lives.</summary>
internal static class InstanceHost
{
    /// <summary>Runs <paramref name="life"/> on the event loop, on the calling thread, to its end.</summary>
    public static void RunOnLoop(Func<Task> life)
    {
        using var loop = EventLoop.Instance;
        loop.Run(async () =>
        {
            Serve();
            await life();
        });
    }

    /// <summary>Runs the event loop on a thread of its own until the result is disposed.</summary>
    public static EventLoop RunBeside()
    {
        var loop = EventLoop.Instance;
        loop.RunInBackground();
        return loop;
    }

    /// <summary>Begins to offer the service on a loop that runs beside.</summary>
    public static void ServeOn(EventLoop loop) => loop.Post(Serve);

    /// <summary>Tells whoever asks where in its life the kernel is.</summary>
    public static void Enter(InstanceState state) => InstanceService.State = state;

    // Not awaited: they end with the loop.
    private static void Serve()
    {
        _ = InstanceService.ServeAsync();
        if (EventLoop.Current.Trace is { } trace)
        {
            _ = TraceService.ServeAsync(trace);
        }
    }
}
