using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>What whoever watches the instances sees.</summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class WatchSimulationTests : NameSimulation
{
    [Test]
    public void AWatcherSeesStartsAndEndsOnAllCores()
    {
        StartMachine(1, cores: 3);
        SimulatedInstance server = StartServer(2);
        List<InstanceEvent> seen = [];
        Start(
            0,
            "watcher",
            async () =>
            {
                await foreach (
                    InstanceEvent news in Cosmos.Multikernel.Machine.WatchInstancesAsync()
                )
                {
                    seen.Add(news);
                    if (news.Instance.ToString() == "server" && server.IsAlive)
                    {
                        Machine.After(0, () => Machine.Crash(server));
                    }
                    else if (news.Condition == InstanceCondition.Ended)
                    {
                        break;
                    }
                }
            }
        );
        Run();
        string[] names = [.. seen.Select(news => $"{news.Core} {news.Instance} {news.Condition}")];
        Assert.That(names, Does.Contain("0 watcher Running"));
        Assert.That(names, Does.Contain("1 monitor Running"));
        Assert.That(names, Does.Contain("2 server Running"));
        Assert.That(
            seen[^1],
            Is.EqualTo(new InstanceEvent(2, InstanceCondition.Ended, 9, new ShortText("server")))
        );
    }

    /// <summary>A monitor is itself seen to end, once, and to return.</summary>
    [Test]
    public void AWatcherSeesAMonitorEndAndReturn()
    {
        StartMachine(1, cores: 2);
        List<InstanceEvent> seen = [];
        Start(
            0,
            "watcher",
            async () =>
            {
                await foreach (
                    InstanceEvent news in Cosmos.Multikernel.Machine.WatchInstancesAsync()
                )
                {
                    if (news is not { Core: 1 } || news.Instance.ToString() != "monitor")
                    {
                        continue;
                    }
                    seen.Add(news);
                    if (seen.Count == 1)
                    {
                        Machine.After(0, () => Machine.Crash(Machine.Find(1, "monitor")!));
                        Machine.After(5_000_000_000, () => Machine.StartMonitor(1));
                    }
                    else if (seen.Count == 3)
                    {
                        break;
                    }
                }
            }
        );
        Run();
        Assert.That(
            seen.Select(news => (news.Condition, news.WaitStatus)),
            Is.EqualTo(
                new[]
                {
                    (InstanceCondition.Running, 0),
                    (InstanceCondition.Ended, 9),
                    (InstanceCondition.Running, 0),
                }
            )
        );
    }

    /// <summary>Who looks too seldom to see an end sees by the life that there was one.</summary>
    [Test]
    public void AWatcherSeesWhichLifeAnInstanceIsIn()
    {
        StartMachine(1, cores: 2);
        SimulatedInstance server = StartServer(1);
        uint life = 0;
        Start(
            0,
            "watcher",
            async () =>
            {
                await foreach (
                    InstanceEvent news in Cosmos.Multikernel.Machine.WatchInstancesAsync()
                )
                {
                    if (
                        news.Instance.ToString() != "server"
                        || news.Condition != InstanceCondition.Running
                    )
                    {
                        continue;
                    }
                    Assert.That(news.Life, Is.EqualTo(life));
                    if (++life == 4)
                    {
                        break;
                    }
                    Machine.After(
                        0,
                        () =>
                        {
                            Machine.Crash(server);
                            server = StartServer(1);
                        }
                    );
                }
            }
        );
        Run();
        Assert.That(life, Is.EqualTo(4));
    }
}
