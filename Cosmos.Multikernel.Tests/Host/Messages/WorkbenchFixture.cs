using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Tests.Host.Messages;

/// <summary>Two hosted instances: one serves <see cref="IWorkbench"/>, the other has a proxy for it.</summary>
public abstract class WorkbenchFixture : ServedFixture<WorkbenchProxy>
{
    /// <summary>What the server does.</summary>
    private protected Workbench Workbench { get; private set; } = null!;

    private protected override IMessageDispatcher MakeDispatcher() =>
        new WorkbenchDispatcher(Workbench = new Workbench());

    private protected Task<T> Call<T>(Func<ValueTask<T>> call) =>
        Client.InvokeAsync(() => call().AsTask());

    private protected Task Call(Func<ValueTask> call) => Client.InvokeAsync(() => call().AsTask());

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
