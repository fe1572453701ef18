using Cosmos.Multikernel.Tests.Host.Channels;
using NUnit.Framework;
using Sys = Cosmos.System;

namespace Cosmos.Multikernel.Tests.Host.Kernels;

/// <summary>The life of a kernel that lives on its event loop.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class AsyncKernelTests
{
    private HostedMachine machine = null!;
    private EventLoop loop = null!;

    private sealed class Busy : Sys.AsyncKernel
    {
        public List<string> Calls { get; } = [];

        protected override Task BeforeRunAsync() => Note("before");

        protected override Task RunAsync(CancellationToken stopping) => Note("run");

        protected override Task AfterRunAsync() => Note("after");

        private Task Note(string call)
        {
            if (Calls.Count == 0 || Calls[^1] != call)
            {
                Calls.Add(call);
            }
            return Task.CompletedTask;
        }
    }

    private sealed class Waiting : Sys.AsyncKernel
    {
        protected override async Task RunAsync(CancellationToken stopping) =>
            await EventLoop.Current.Delay(Timeout.InfiniteTimeSpan, stopping);
    }

    private sealed class InCosmosWords : Sys.AsyncKernel
    {
        public int Runs { get; private set; }

        protected override Task RunAsync(CancellationToken stopping)
        {
            mStopped = ++Runs == 3;
            return Task.CompletedTask;
        }

        public void GoOn() => mStopped = false;
    }

    [SetUp]
    public void StartMachine()
    {
        machine = new HostedMachine();
        loop = machine.Add(0, "a");
    }

    [TearDown]
    public void StopMachine() => machine.Dispose();

    /// <summary>A RunAsync that never waits is called again and again, and still the loop gets to everything else.</summary>
    [Test]
    public async Task ARunThatAwaitsNothingLeavesTheLoopFree()
    {
        Busy kernel = new();
        Task life = loop.InvokeAsync(kernel.LiveAsync);
        for (int i = 0; i < 10; i++)
        {
            await loop.InvokeAsync(() => Task.CompletedTask);
        }
        kernel.Stop();
        await life;
        Assert.That(kernel.Calls, Is.EqualTo(new[] { "before", "run", "after" }));
    }

    [Test]
    public async Task StoppingEndsWhatRunAwaits()
    {
        Waiting kernel = new();
        Task life = loop.InvokeAsync(kernel.LiveAsync);
        kernel.Stop(3);
        await life;
        Assert.That(kernel.ExitStatus, Is.EqualTo(3));
    }

    [Test]
    public async Task AKernelStopsByCosmossOwnField()
    {
        InCosmosWords kernel = new();
        kernel.GoOn();
        await loop.InvokeAsync(kernel.LiveAsync);
        Assert.That(kernel.Runs, Is.EqualTo(3));
        Assert.That(kernel.GoOn, Throws.InvalidOperationException);
    }
}
