using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Host.Channels;
using Cosmos.Multikernel.Tests.Host.Messages;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Monitors;

/// <summary>Monitors, names and binding over the hosted platform, in real time: two cores, each with a monitor.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class HostedMonitorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private HostedMachine machine = null!;
    private CancellationTokenSource stopping = null!;

    [SetUp]
    public void StartMachine()
    {
        machine = new HostedMachine(
            new DeclaredInstance(0, "monitor", IsMonitor: true),
            new DeclaredInstance(1, "monitor", IsMonitor: true),
            new DeclaredInstance(0, "server"),
            new DeclaredInstance(0, "client"),
            new DeclaredInstance(1, "client")
        );
        stopping = new CancellationTokenSource();
        for (int core = 0; core < 2; core++)
        {
            EventLoop monitor = machine.Add(core, "monitor");
            _ = monitor.InvokeAsync(() => CoreMonitor.RunAsync(stopping.Token));
        }
    }

    [TearDown]
    public void StopMachine()
    {
        stopping.Cancel();
        machine.Dispose();
        stopping.Dispose();
    }

    private EventLoop StartServer()
    {
        EventLoop server = machine.Add(0, "server");
        _ = server.InvokeAsync(() =>
            Names.ServeAsync("disk", new WorkbenchDispatcher(new Workbench()))
        );
        return server;
    }

    [Test]
    public async Task AServerIsFoundFromItsOwnAndFromAnotherCore([Values(0, 1)] int core)
    {
        EventLoop client = machine.Add(core, "client");
        Task<int> calling = client.InvokeAsync(async () =>
        {
            using WorkbenchProxy disk = await Names.BindAsync<WorkbenchProxy>("disk", Patience);
            return await disk.AddAsync(20, 22);
        });
        StartServer();
        Assert.That(await calling, Is.EqualTo(42));
    }

    [Test]
    public async Task TheEndOfAServerEndsCallsAndFreesItsName()
    {
        EventLoop server = StartServer();
        EventLoop client = machine.Add(1, "client");
        Task ending = Task.CompletedTask;
        await client.InvokeAsync(async () =>
        {
            using WorkbenchProxy disk = await Names.BindAsync<WorkbenchProxy>("disk", Patience);
            Task<int> waiting = disk.WaitAsync(60_000, CancellationToken.None).AsTask();
            await disk.NothingAsync();
            ending = Task.Run(server.Dispose);
            ChannelException? end = null;
            try
            {
                await waiting;
            }
            catch (ChannelException exception)
            {
                end = exception;
            }
            Assert.That(
                end,
                Is.InstanceOf<PeerEndedException>().Or.InstanceOf<PeerClosedException>()
            );
            while (await Names.FindAsync("disk", Patience) is not null)
            {
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
            }
        });
        await ending;
    }
}
