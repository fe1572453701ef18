using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// A kernel whose Run blocks, as Cosmos authors write it, on every core: called in order, answering its neighbour all the
/// while, ending with the status it asked for.
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class LifecycleTests
{
    private const int Cores = 2;

    // What the program passes to Stop (Instances/Lifecycle/Kernel.cs).
    private const int Status = 7;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private VirtualMachine _machine = null!;
    private InstanceWatch _watch = null!;

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        var program = Repository.InstanceProgram("Lifecycle", "lifecycle");
        var image = TestMachine.WriteImage(
            "lifecycle",
            new ImageModule("lifecycle", program, "all")
        );
        _machine = await TestMachine.BootAsync(
            "lifecycle",
            image,
            options => options with { Cores = Cores }
        );
        _watch = new InstanceWatch(_machine, Limit);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    [Test]
    public Task Lives(
        [Values(
            "lifecycle.on-boot-may-ask",
            "lifecycle.order",
            "lifecycle.answers-while-run-blocks"
        )]
            string name,
        [Range(0, Cores - 1)] int core
    ) => _watch.AssertRecordAsync(name, core);

    [Test]
    public async Task EndsWithTheStatusItAskedFor([Range(0, Cores - 1)] int core)
    {
        var end = await _watch.EndOfAsync("lifecycle", core);
        Assert.That(end.Status, Is.EqualTo(Status), end.Text);
        Assert.That(_watch.Panics, Is.Empty);
    }
}
