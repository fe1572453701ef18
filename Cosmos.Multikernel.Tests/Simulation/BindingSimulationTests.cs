using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>What binding promises, one property a test, in virtual time.</summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class BindingSimulationTests : NameSimulation
{
    /// <summary>The same interface from another build.</summary>
    private sealed class OtherVersion(IMessageDispatcher inner) : IMessageDispatcher
    {
        public string Service => inner.Service;

        public ulong InterfaceHash => inner.InterfaceHash + 1;

        public void Dispatch(
            MessageSession session,
            MessageHeader header,
            ref MessageReader reader
        ) => inner.Dispatch(session, header, ref reader);
    }

    [Test]
    public void AnotherVersionIsRefusedBeforeThereIsAChannel([Values(0, 1)] int core)
    {
        StartMachine(1, cores: 2);
        Machine.Start(
            0,
            "server",
            () =>
                MessageServer.ServeAsync(new OtherVersion(new WorkbenchDispatcher(new Workbench())))
        );
        InterfaceMismatchException? seen = null;
        Start(
            core,
            "client",
            async () =>
            {
                try
                {
                    await MessageClient.ConnectAsync<WorkbenchProxy>(0, "server");
                }
                catch (InterfaceMismatchException exception)
                {
                    seen = exception;
                }
            }
        );
        Run();
        Assert.That(seen?.Message, Does.Contain($"{WorkbenchProxy.InterfaceHash:x16}"));
        Assert.That(Machine.Events.ToString(), Does.Not.Contain($"client{core}->>server0"));
    }

    [Test]
    public void AServerSeesWhoAsksAndMayRefuse()
    {
        StartMachine(1, cores: 3);
        List<BindingRequest> requests = [];
        StartServer(
            0,
            request =>
            {
                requests.Add(request);
                return request.Core != 1;
            }
        );
        bool refused = false;
        Start(
            1,
            "unwanted",
            async () =>
            {
                try
                {
                    await CallAsync();
                }
                catch (BindingRefusedException)
                {
                    refused = true;
                }
            }
        );
        Start(2, "wanted", async () => Assert.That(await CallAsync(), Is.EqualTo(42)));
        Run();
        Assert.That(refused, Is.True);
        Assert.That(
            requests,
            Is.EquivalentTo(
                new[]
                {
                    new BindingRequest(1, "unwanted", "@disk", WorkbenchProxy.InterfaceHash),
                    new BindingRequest(2, "wanted", "@disk", WorkbenchProxy.InterfaceHash),
                }
            )
        );
    }

    /// <summary>What the server's author wrote throws for one client: that one is refused and counted, the others are served.</summary>
    [Test]
    public void AServerWhoseAdmitThrowsGoesOn()
    {
        StartMachine(1, cores: 3);
        SimulatedInstance server = StartServer(
            0,
            request =>
                request.Core == 1 ? throw new InvalidOperationException("thrown by admit") : true
        );
        int refused = 0;
        Start(
            1,
            "unwanted",
            async () =>
            {
                for (int i = 0; i < 3; i++)
                {
                    try
                    {
                        await CallAsync();
                    }
                    catch (BindingRefusedException)
                    {
                        refused++;
                    }
                }
            }
        );
        Start(2, "wanted", async () => Assert.That(await CallAsync(), Is.EqualTo(42)));
        Run();
        Assert.That(refused, Is.EqualTo(3));
        Assert.That(server.Failure, Is.Null);
        Assert.That(server.Loop.AdmitFailures, Is.EqualTo(3));
    }

    [Test]
    public void BindingInTimeOrNotEndsAsItSays()
    {
        int late = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            StartMachine(seed, cores: 3);
            SimulatedInstance server = StartServer(1);
            Start(
                0,
                "client",
                async () =>
                {
                    await CallAsync();
                    Machine.After(0, () => Machine.Crash(server));
                    await EventLoop.Current.Delay(TimeSpan.FromMicroseconds(seed));
                    try
                    {
                        await Names.BindAsync<WorkbenchProxy>(Disk, TimeSpan.FromMicroseconds(500));
                    }
                    catch (TimeoutException)
                    {
                        late++;
                    }
                }
            );
            Run();
        }
        Assert.That(late, Is.GreaterThan(50));
    }

    [Test]
    public void WithoutItsMonitorAnInstanceHearsSoAtOnce()
    {
        StartMachine(1, cores: 2);
        StartServer(0);
        bool unavailable = false;
        Start(
            1,
            "client",
            async () =>
            {
                await CallAsync();
                Machine.Crash(Machine.Find(1, "monitor")!);
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                try
                {
                    await CallAsync();
                }
                catch (MonitorUnavailableException exception)
                {
                    unavailable = exception.Core == 1;
                }
            }
        );
        Run();
        Assert.That(unavailable, Is.True);
        Assert.That(Machine.Now, Is.LessThan(1_000_000_000));
    }

    /// <summary>Both ends see the other's end as an event, also when nobody waits for a message.</summary>
    [Test]
    public void TheEndOfAPeerIsAnEventOnce([Values] bool crashes)
    {
        StartMachine(1, cores: 2);
        List<ChannelException> ends = [];
        SimulatedInstance server = Machine.Start(
            0,
            "server",
            async () =>
            {
                Channel channel = await Channel.AcceptAsync();
                channel.Ended += ends.Add;
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                if (!crashes)
                {
                    channel.Dispose();
                }
            }
        );
        Start(
            1,
            "client",
            async () =>
            {
                Channel channel = await Channel.ConnectAsync(0, "server");
                channel.Ended += ends.Add;
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(2));
                if (crashes)
                {
                    Machine.After(0, () => Machine.Crash(server));
                }
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(2));
                // Late subscribers hear of it too.
                channel.Ended += ends.Add;
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
            }
        );
        Run();
        Assert.That(
            ends.Select(end => end.GetType()),
            Is.EqualTo(
                Enumerable.Repeat(
                    crashes ? typeof(PeerEndedException) : typeof(PeerClosedException),
                    2
                )
            )
        );
    }
}
