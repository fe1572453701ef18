using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>A simulated machine with monitors, a server of the name "disk", and instances whose ends a run waits for.</summary>
public abstract class NameSimulation
{
    private const int MostTurns = 3_000_000;
    protected const string Disk = "disk";
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private protected SimulatedMachine Machine { get; private set; } = null!;

    private int running;

    [TearDown]
    public void StopMachine() => Machine?.Dispose();

    protected void StartMachine(int seed, int cores)
    {
        Machine?.Dispose();
        Machine = new SimulatedMachine(seed);
        Machine.StartMonitors(cores);
        running = 0;
    }

    /// <summary>Starts an instance whose end the run waits for; what it throws fails the test.</summary>
    protected void Start(int core, string name, Func<Task> main)
    {
        running++;
        SimulatedInstance instance = null!;
        instance = Machine.Start(
            core,
            name,
            async () =>
            {
                try
                {
                    await main();
                }
                catch (Exception exception)
                {
                    Machine.Failures.Add(exception);
                }
                running--;
            }
        );
    }

    private protected SimulatedInstance StartServer(
        int core,
        Predicate<BindingRequest>? admit = null
    ) =>
        Machine.Start(
            core,
            "server",
            () => Names.ServeAsync(Disk, new WorkbenchDispatcher(new Workbench()), admit)
        );

    protected void Run()
    {
        bool ended = Machine.Run(MostTurns, () => running == 0);
        Assert.That(Machine.Failures, Is.Empty, Machine.Events.ToString);
        Assert.That(ended, Is.True, Machine.Events.ToString);
        Assert.That(Machine.Unpermitted, Is.Zero, Machine.Events.ToString);
    }

    protected static async Task<int> CallAsync()
    {
        using WorkbenchProxy proxy = await Names.BindAsync<WorkbenchProxy>(Disk, Patience);
        return await proxy.AddAsync(20, 22);
    }
}
