using System.Diagnostics;
using Cosmos.Multikernel.Channels;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Channels;

/// <summary>The loop itself: where continuations run, timers, other threads, failures.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class EventLoopTests
{
    private HostedMachine machine = null!;
    private EventLoop loop = null!;

    [SetUp]
    public void StartMachine()
    {
        machine = new HostedMachine();
        loop = machine.Add(0, "a");
    }

    [TearDown]
    public void StopMachine() => machine.Dispose();

    [Test]
    public async Task ContinuationsComeBackToTheLoop() =>
        await loop.InvokeAsync(async () =>
        {
            int thread = Environment.CurrentManagedThreadId;
            Assert.That(EventLoop.Current, Is.SameAs(loop));
            await Task.Yield();
            Assert.That(Environment.CurrentManagedThreadId, Is.EqualTo(thread));
            await Task.Run(() =>
                Assert.That(() => EventLoop.Current, Throws.InvalidOperationException)
            );
            Assert.That(Environment.CurrentManagedThreadId, Is.EqualTo(thread));
            await Task.Delay(1);
            Assert.That(Environment.CurrentManagedThreadId, Is.EqualTo(thread));
            await loop.Delay(TimeSpan.FromMilliseconds(1));
            Assert.That(Environment.CurrentManagedThreadId, Is.EqualTo(thread));
            await Task.Factory.StartNew(
                () => Assert.That(Environment.CurrentManagedThreadId, Is.EqualTo(thread)),
                CancellationToken.None,
                TaskCreationOptions.None,
                loop.Scheduler
            );
        });

    [Test]
    public async Task DelaysAllocateNothing() =>
        Assert.That(
            await loop.InvokeAsync(async () =>
            {
                long before = 0;
                for (int i = 0; i < 2_000; i++)
                {
                    if (i == 1_000)
                    {
                        before = AllocatedBytes.OfThisThread;
                    }
                    await loop.Delay(TimeSpan.FromMicroseconds(1));
                }
                return AllocatedBytes.OfThisThread - before;
            }),
            Is.Zero,
            "bytes in 1,000 delays"
        );

    [Test]
    public async Task TimersDoNotFallDueEarly() =>
        await loop.InvokeAsync(async () =>
        {
            ValueTask beyondTheClock = loop.Delay(TimeSpan.MaxValue);
            foreach (int milliseconds in (int[])[0, 1, 10, 20])
            {
                long before = Stopwatch.GetTimestamp();
                await loop.Delay(TimeSpan.FromMilliseconds(milliseconds));
                Assert.That(
                    Stopwatch.GetElapsedTime(before).TotalMilliseconds,
                    Is.GreaterThanOrEqualTo(milliseconds)
                );
            }
            Assert.That(beyondTheClock.IsCompleted, Is.False);
        });

    [Test]
    public void ADelayCanBeCancelled()
    {
        using CancellationTokenSource cancel = new(20);
        Assert.That(
            () =>
                loop.InvokeAsync(() => loop.Delay(TimeSpan.FromMinutes(10), cancel.Token).AsTask()),
            Throws.InstanceOf<OperationCanceledException>()
        );
    }

    [Test]
    public async Task PostsFromManyThreadsAllRunWhileTheLoopFallsAsleepAndWakes()
    {
        int sum = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(n =>
                    Task.Run(async () =>
                    {
                        for (int i = 0; i < 5000; i++)
                        {
                            await loop.InvokeAsync(() =>
                            {
                                sum++;
                                return Task.CompletedTask;
                            });
                        }
                    })
                )
        );
        Assert.That(sum, Is.EqualTo(20_000));
    }

    [Test]
    public void FailuresReachTheCaller() =>
        Assert.That(
            () => loop.InvokeAsync(() => throw new InvalidDataException("x")),
            Throws.TypeOf<InvalidDataException>()
        );

    [Test]
    public void RunReturnsWhenItsTaskHasEndedAndRethrows()
    {
        using EventLoop here = EventLoop.CreateHosted(machine.Directory, 1, "here");
        int steps = 0;
        here.Run(async () =>
        {
            await Task.Yield();
            steps++;
        });
        Assert.That(steps, Is.EqualTo(1));
        Assert.That(
            () =>
                here.Run(async () =>
                {
                    await Task.Yield();
                    throw new InvalidDataException("x");
                }),
            Throws.TypeOf<InvalidDataException>()
        );
    }

    /// <summary>A loop that is run again, when its peer has gone to sleep, sends before it waits for anything.</summary>
    [Test]
    public async Task WhatRunSendsFirstWakesItsPeer()
    {
        using EventLoop here = EventLoop.CreateHosted(machine.Directory, 1, "here");
        Task echo = loop.InvokeAsync(async () =>
        {
            using Channel accepted = await Channel.AcceptAsync();
            await accepted.SendAsync(await accepted.ReceiveAsync<int>());
        });
        Channel channel = null!;
        here.Run(async () => channel = await Channel.ConnectAsync(0, loop.Name));
        await UntilAsleepAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(10));
        here.Run(async () =>
        {
            await channel.SendAsync(7);
            Assert.That(await channel.ReceiveAsync<int>(limit.Token), Is.EqualTo(7));
        });
        await echo;
    }

    [Test]
    public async Task AnIdleLoopSleeps()
    {
        await loop.InvokeAsync(() => Task.CompletedTask);
        await UntilAsleepAsync();
    }

    // How soon depends on the poll window and on how busy the host is; a loop that never sleeps runs into the limit.
    private async Task UntilAsleepAsync()
    {
        long before;
        do
        {
            before = loop.Turns;
            await Task.Delay(100, TestContext.CurrentContext.CancellationToken);
        } while (loop.Turns != before);
    }
}
