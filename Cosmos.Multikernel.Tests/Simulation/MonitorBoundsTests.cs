using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>A monitor does not grow by what its core's instances do again and again.</summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class MonitorBoundsTests
{
    private const int MostTurns = 3_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private SimulatedMachine machine = null!;

    [SetUp]
    public void StartMachine()
    {
        machine = new SimulatedMachine(seed: 1);
        machine.StartMonitors(cores: 1);
    }

    [TearDown]
    public void StopMachine() => machine.Dispose();

    private void RunClient(Func<Task> main)
    {
        bool ended = false;
        SimulatedInstance client = machine.Start(
            0,
            "client",
            async () =>
            {
                await main();
                ended = true;
            }
        );
        Assert.That(
            machine.Run(MostTurns, () => ended || client.Failure is not null),
            Is.True,
            machine.Events.ToString
        );
        Assert.That(client.Failure, Is.Null);
        Assert.That(machine.Failures, Is.Empty);
    }

    [Test]
    public void AskingForADeadInstanceLeavesNothingBehind()
    {
        SimulatedInstance server = machine.Start(0, "server", () => Task.CompletedTask);
        RunClient(async () =>
        {
            machine.After(0, () => machine.Crash(server));
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
            for (int i = 0; i < 50; i++)
            {
                ChannelException? refusal = null;
                try
                {
                    await MessageClient.ConnectAsync<WorkbenchProxy>(0, "server");
                }
                catch (ChannelException exception)
                {
                    refusal = exception;
                }
                Assert.That(refusal, Is.Not.Null);
            }
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
            Assert.That(machine.MonitorOf(0).ClientsChanged.Waiting, Is.Zero);
        });
    }

    [Test]
    public void NamesThatNeverCameAreForgottenWhileOthersAreAwaited() =>
        RunClient(async () =>
        {
            _ = Names.BindAsync<WorkbenchProxy>("awaited", Patience);
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(500));
            _ = Names.BindAsync<WorkbenchProxy>("awaited too", Patience);
            for (int i = 0; i < 50; i++)
            {
                bool late = false;
                try
                {
                    await Names.BindAsync<WorkbenchProxy>(
                        $"never {i}",
                        TimeSpan.FromMilliseconds(2)
                    );
                }
                catch (TimeoutException)
                {
                    late = true;
                }
                Assert.That(late, Is.True);
            }
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(5));
            Assert.That(machine.MonitorOf(0).Home.Awaited, Is.EqualTo(2));
        });

    [Test]
    public void RequestsToAnInstanceThatTakesNoneStayFew()
    {
        SimulatedInstance server = machine.Start(
            0,
            "server",
            () => MessageServer.ServeAsync(new WorkbenchDispatcher(new Workbench()))
        );
        RunClient(async () =>
        {
            using (await MessageClient.ConnectAsync<WorkbenchProxy>(0, "server"))
            {
                machine.After(0, () => machine.Hang(server));
            }
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
            ChannelOptions options = new() { ConnectTimeout = TimeSpan.FromSeconds(10) };
            int late = 0;
            await Task.WhenAll(
                Enumerable
                    .Range(0, 60)
                    .Select(async _ =>
                    {
                        try
                        {
                            await MessageClient.ConnectAsync<WorkbenchProxy>(0, "server", options);
                        }
                        catch (TimeoutException)
                        {
                            late++;
                        }
                    })
            );
            Assert.That(late, Is.EqualTo(60));
            Assert.That(
                machine.MonitorOf(0).FindClient("server")!.WaitingRequests,
                Is.GreaterThan(100).And.AtMost(256)
            );
        });
    }
}
