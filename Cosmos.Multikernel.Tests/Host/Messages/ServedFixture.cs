using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Channels;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Messages;

/// <summary>Two hosted instances: one serves an interface, the other has a proxy for it.</summary>
public abstract class ServedFixture<TProxy>
    where TProxy : class, IMessageProxy<TProxy>
{
    private protected HostedMachine Machine { get; private set; } = null!;

    private protected EventLoop Client { get; private set; } = null!;

    private protected EventLoop Server { get; private set; } = null!;

    /// <summary>The client's proxy of what is served.</summary>
    private protected TProxy Proxy { get; private set; } = null!;

    [SetUp]
    public async Task Connect()
    {
        Machine = new HostedMachine();
        Client = Machine.Add(0, "client");
        Server = Machine.Add(1, "server");
        IMessageDispatcher dispatcher = MakeDispatcher();
        Server.Post(() => _ = MessageServer.ServeAsync(dispatcher));
        Proxy = await Client.InvokeAsync(() => MessageClient.ConnectAsync<TProxy>(1, "server"));
    }

    [TearDown]
    public void StopMachine() => Machine.Dispose();

    /// <summary>What the server serves.</summary>
    private protected abstract IMessageDispatcher MakeDispatcher();

    // NUnit's own would block the event loop that the call needs.
    private protected static async Task<T> Catch<T>(Func<Task> call)
        where T : Exception
    {
        try
        {
            await call();
        }
        catch (T expected)
        {
            return expected;
        }
        throw new AssertionException($"expected {typeof(T).Name}");
    }
}
