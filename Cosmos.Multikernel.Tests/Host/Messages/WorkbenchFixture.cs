using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Channels;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Messages;

/// <summary>Two hosted instances: one serves <see cref="IWorkbench"/>, the other has a proxy for it.</summary>
public abstract class WorkbenchFixture
{
    private HostedMachine machine = null!;

    private protected EventLoop Client { get; private set; } = null!;

    private protected EventLoop Server { get; private set; } = null!;

    /// <summary>What the server does.</summary>
    private protected Workbench Workbench { get; private set; } = null!;

    /// <summary>The client's proxy of it.</summary>
    private protected WorkbenchProxy Proxy { get; private set; } = null!;

    [SetUp]
    public async Task Connect()
    {
        machine = new HostedMachine();
        Client = machine.Add(0, "client");
        Server = machine.Add(1, "server");
        Workbench = new Workbench();
        Server.Post(() => _ = MessageServer.ServeAsync(new WorkbenchDispatcher(Workbench)));
        Proxy = await Client.InvokeAsync(() =>
            MessageClient.ConnectAsync<WorkbenchProxy>(1, "server")
        );
    }

    [TearDown]
    public void StopMachine() => machine.Dispose();

    private protected Task<T> Call<T>(Func<ValueTask<T>> call) =>
        Client.InvokeAsync(() => call().AsTask());

    private protected Task Call(Func<ValueTask> call) => Client.InvokeAsync(() => call().AsTask());

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

    /// <summary>Says on a bare channel what proxies and dispatchers say first.</summary>
    private protected static ValueTask GreetAsync(Channel channel, int mostCalls)
    {
        MessageWriter writer = new();
        writer.Begin(new MessageHeader(0, 0, MessageKind.Hello));
        writer.Write(WorkbenchProxy.InterfaceHash);
        writer.Write(mostCalls);
        return channel.SendAsync(writer.Written.ToArray());
    }
}
