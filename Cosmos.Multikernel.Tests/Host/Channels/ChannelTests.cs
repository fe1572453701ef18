using System.Diagnostics;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Channels;

/// <summary>Channels between two event loops over the hosted platform.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class ChannelTests
{
    private HostedMachine machine = null!;
    private EventLoop a = null!;
    private EventLoop b = null!;

    [SetUp]
    public void StartMachine()
    {
        machine = new HostedMachine();
        a = machine.Add(0, "a");
        b = machine.Add(1, "b.with-odd.name");
    }

    [TearDown]
    public void StopMachine() => machine.Dispose();

    private Task<Channel> ConnectAsync(ChannelOptions? options = null) =>
        a.InvokeAsync(() => Channel.ConnectAsync(1, b.Name, options).AsTask());

    private Task<Channel> AcceptAsync() => b.InvokeAsync(() => Channel.AcceptAsync().AsTask());

    private async Task<(Channel AtA, Channel AtB)> BindAsync(ChannelOptions? options = null)
    {
        Task<Channel> accepted = AcceptAsync();
        return (await ConnectAsync(options), await accepted);
    }

    [Test]
    public async Task BothEndsKnowEachOther()
    {
        (Channel atA, Channel atB) = await BindAsync(new ChannelOptions { Slots = 16 });

        Assert.That((atA.PeerCore, atA.PeerName, atA.Slots), Is.EqualTo((1, b.Name, 16u)));
        Assert.That((atB.PeerCore, atB.PeerName, atB.Slots), Is.EqualTo((0, "a", 16u)));
        Assert.That(
            (atA.State, atB.State),
            Is.EqualTo((ChannelState.Connected, ChannelState.Connected))
        );
    }

    [Test]
    public async Task AnOfferWaitsUntilItIsAccepted()
    {
        Task<Channel> connecting = ConnectAsync();
        await Task.Delay(30);
        Assert.That(connecting.IsCompleted, Is.False);

        await AcceptAsync();
        await connecting;
    }

    [Test]
    public void ConnectingToNobodyIsRefused() =>
        Assert.That(
            () => a.InvokeAsync(() => Channel.ConnectAsync(7, "nobody").AsTask()),
            Throws.TypeOf<ChannelRefusedException>().With.Message.Contain("'nobody' on core 7")
        );

    [Test]
    public void ConnectingTakesNoLongerThanAsked() =>
        Assert.That(
            () =>
                ConnectAsync(new ChannelOptions { ConnectTimeout = TimeSpan.FromMilliseconds(50) }),
            Throws.TypeOf<TimeoutException>()
        );

    [Test]
    public async Task EchoesOfEveryLength()
    {
        (Channel atA, Channel atB) = await BindAsync(new ChannelOptions { Slots = 8 });
        Task echo = b.InvokeAsync(async () =>
        {
            while (true)
            {
                ReadOnlyMemory<byte> message = await atB.ReceiveAsync();
                if (message.Length == 0)
                {
                    return;
                }
                await atB.SendAsync(message);
            }
        });
        await a.InvokeAsync(async () =>
        {
            foreach (int length in (int[])[1, 55, 56, 57, 449, 1000, 65536, 1 << 20])
            {
                byte[] message = new byte[length];
                new Random(length).NextBytes(message);
                Task sending = atA.SendAsync(message).AsTask();
                ReadOnlyMemory<byte> received = await atA.ReceiveAsync();
                Assert.That(received.Span.SequenceEqual(message), Is.True, $"length {length}");
                await sending;
            }
            await atA.SendAsync(ReadOnlyMemory<byte>.Empty);
        });
        await echo;
    }

    /// <summary>Random pauses on both sides make both sleep and race with each other's sends.</summary>
    [Test]
    public async Task NothingIsLostDoubledOrReorderedWhileBothSleepAndWake(
        [Values(1u, 2u, 64u)] uint slots
    )
    {
        // With few slots nearly every message sleeps: fewer take as long.
        int count = slots < 8 ? 20_000 : 100_000;
        (Channel atA, Channel atB) = await BindAsync(new ChannelOptions { Slots = slots });
        Task receiving = b.InvokeAsync(async () =>
        {
            Random random = new(1);
            for (int expected = 0; expected < count; expected++)
            {
                int got = await atB.ReceiveAsync<int>();
                if (got != expected)
                {
                    throw new InvalidOperationException($"{got} came where {expected} was due.");
                }
                await Pause(b, random);
            }
        });
        await a.InvokeAsync(async () =>
        {
            Random random = new(2);
            for (int i = 0; i < count; i++)
            {
                await atA.SendAsync(i);
                await Pause(a, random);
            }
        });
        await receiving;
        Assert.That(atB.Counters.MessagesReceived, Is.EqualTo(count));
    }

    [Test]
    public async Task ASenderWaitsForRoomAndOrderIsKept()
    {
        (Channel atA, Channel atB) = await BindAsync(new ChannelOptions { Slots = 4 });
        Task sending = a.InvokeAsync(() =>
            Task.WhenAll(Enumerable.Range(0, 20).Select(i => atA.SendAsync(i).AsTask()))
        );
        await Task.Delay(30);
        Assert.That(sending.IsCompleted, Is.False);

        await b.InvokeAsync(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.That(await atB.ReceiveAsync<int>(), Is.EqualTo(i));
            }
        });
        await sending;
    }

    [Test]
    public async Task TrySendSaysFullAndSendsNothing()
    {
        (Channel atA, _) = await BindAsync(new ChannelOptions { Slots = 4 });
        await a.InvokeAsync(() =>
        {
            Assert.That(atA.TrySend(new byte[5 * 56]), Is.False);
            Assert.That(atA.TrySend(new byte[4 * 56]), Is.True);
            Assert.That(atA.TrySend(1), Is.False);
            Assert.That(atA.Counters.MessagesSent, Is.EqualTo(1));
            return Task.CompletedTask;
        });
    }

    [Test]
    public async Task ACancelledSendIsTakenBackAndTheChannelGoesOn()
    {
        (Channel atA, Channel atB) = await BindAsync(new ChannelOptions { Slots = 4 });
        using CancellationTokenSource cancel = new();
        Task cancelled = a.InvokeAsync(() => atA.SendAsync(new byte[1000], cancel.Token).AsTask());
        Task timedOut = a.InvokeAsync(() =>
            atA.SendAsync(new byte[2000], TimeSpan.FromMilliseconds(30)).AsTask()
        );
        Task sent = a.InvokeAsync(() => atA.SendAsync(42).AsTask());
        Assert.That(() => timedOut, Throws.TypeOf<TimeoutException>());
        cancel.Cancel();
        Assert.That(() => cancelled, Throws.InstanceOf<OperationCanceledException>());

        Assert.That(await b.InvokeAsync(() => atB.ReceiveAsync<int>().AsTask()), Is.EqualTo(42));
        await sent;
        Assert.That(atB.Counters.Malformed, Is.Zero);
    }

    [Test]
    public async Task ACancelledReceiveLosesNothing()
    {
        (Channel atA, Channel atB) = await BindAsync();
        Assert.That(
            () => b.InvokeAsync(() => atB.ReceiveAsync(TimeSpan.FromMilliseconds(30)).AsTask()),
            Throws.TypeOf<TimeoutException>()
        );
        using CancellationTokenSource cancel = new(30);
        Assert.That(
            () => b.InvokeAsync(() => atB.ReceiveAsync(cancel.Token).AsTask()),
            Throws.InstanceOf<OperationCanceledException>()
        );

        await a.InvokeAsync(() => atA.SendAsync(42).AsTask());
        Assert.That(await b.InvokeAsync(() => atB.ReceiveAsync<int>().AsTask()), Is.EqualTo(42));
    }

    [Test]
    public async Task WhatWasSentBeforeClosingArrivesAndThenThePeerIsClosed()
    {
        (Channel atA, Channel atB) = await BindAsync();
        await a.InvokeAsync(async () =>
        {
            await atA.SendAsync(42);
            atA.Dispose();
        });

        Assert.That(await b.InvokeAsync(() => atB.ReceiveAsync<int>().AsTask()), Is.EqualTo(42));
        Assert.That(
            () => b.InvokeAsync(() => atB.ReceiveAsync<int>().AsTask()),
            Throws.TypeOf<PeerClosedException>()
        );
        Assert.That(
            () => b.InvokeAsync(() => atB.SendAsync(1).AsTask()),
            Throws.TypeOf<PeerClosedException>()
        );
    }

    /// <summary>The connecting loop is held up so long that it first sees the channel when the peer has already left.</summary>
    [Test]
    public async Task WhatIsSentByAPeerThatLeavesAtOnceArrives([Values] bool peerEnds)
    {
        using ManualResetEventSlim held = new();
        Task<Channel> connecting = ConnectAsync();
        a.Post(held.Wait);
        await b.InvokeAsync(async () =>
        {
            Channel atB = await Channel.AcceptAsync();
            await atB.SendAsync(42);
            atB.Flush();
            if (!peerEnds)
            {
                atB.Dispose();
            }
        });
        if (peerEnds)
        {
            b.Dispose();
        }
        held.Set();

        Channel atA = await connecting;
        Assert.That(await a.InvokeAsync(() => atA.ReceiveAsync<int>().AsTask()), Is.EqualTo(42));
        Assert.That(
            () => a.InvokeAsync(() => atA.ReceiveAsync<int>().AsTask()),
            peerEnds ? Throws.TypeOf<PeerEndedException>() : Throws.TypeOf<PeerClosedException>()
        );
    }

    [Test]
    public async Task ThoseWhoWaitLearnThatThePeerEnded()
    {
        (_, Channel atB) = await BindAsync();
        Task<int> receiving = b.InvokeAsync(() => atB.ReceiveAsync<int>().AsTask());
        a.Dispose();

        Assert.That(() => receiving, Throws.TypeOf<PeerEndedException>());
        Assert.That(atB.State, Is.EqualTo(ChannelState.PeerEnded));
    }

    [Test]
    public async Task ALongerTimeLimitAfterAShorterOneCountsFromItsOwnStart()
    {
        (_, Channel atB) = await BindAsync();
        await b.InvokeAsync(async () =>
        {
            foreach (int milliseconds in (int[])[40, 10, 60, 20])
            {
                long before = Stopwatch.GetTimestamp();
                try
                {
                    await atB.WaitToReceiveAsync(TimeSpan.FromMilliseconds(milliseconds));
                    Assert.Fail("Nothing was sent.");
                }
                catch (TimeoutException)
                {
                    // As it should.
                }
                Assert.That(
                    Stopwatch.GetElapsedTime(before).TotalMilliseconds,
                    Is.GreaterThanOrEqualTo(milliseconds)
                );
            }
        });
    }

    [Test]
    public async Task AMessageOfTheWrongLengthIsATypedErrorAndTheChannelGoesOn()
    {
        (Channel atA, Channel atB) = await BindAsync();
        await a.InvokeAsync(async () =>
        {
            await atA.SendAsync((short)1);
            await atA.SendAsync(42);
        });
        Assert.That(
            () => b.InvokeAsync(() => atB.ReceiveAsync<int>().AsTask()),
            Throws.TypeOf<MalformedMessageException>()
        );
        Assert.That(await b.InvokeAsync(() => atB.ReceiveAsync<int>().AsTask()), Is.EqualTo(42));
        Assert.That(atB.Counters.Malformed, Is.EqualTo(1));
    }

    [Test]
    public async Task AChannelIsUsableOnItsLoopOnly()
    {
        (Channel atA, _) = await BindAsync();
        Assert.That(() => atA.TrySend(1), Throws.InvalidOperationException);
    }

    [Test]
    public async Task TheSteadyStateAllocatesNothing([Values] bool withTimeLimits)
    {
        TimeSpan limit = withTimeLimits ? TimeSpan.FromMinutes(10) : Timeout.InfiniteTimeSpan;
        (Channel atA, Channel atB) = await BindAsync();
        Task echo = b.InvokeAsync(async () =>
        {
            for (int value = 0; value >= 0; )
            {
                value = await atB.ReceiveAsync<int>();
                await atB.SendAsync(value);
            }
        });
        long allocated = await a.InvokeAsync(async () =>
        {
            long before = 0;
            for (int i = 0; i < 40_000; i++)
            {
                if (i == 20_000)
                {
                    before = AllocatedBytes.OfThisThread;
                }
                await atA.SendAsync(i);
                await atA.WaitToReceiveAsync(limit);
                await atA.ReceiveAsync<int>();
            }
            long after = AllocatedBytes.OfThisThread;
            await atA.SendAsync(-1);
            return after - before;
        });
        await echo;
        Assert.That(allocated, Is.Zero, "bytes in 20,000 round trips");
    }

    private static async ValueTask Pause(EventLoop loop, Random random)
    {
        switch (random.Next(2000))
        {
            case 0:
                await loop.Delay(TimeSpan.FromMilliseconds(random.NextDouble()));
                break;
            case < 20:
                await Task.Yield();
                break;
            default:
                break;
        }
    }
}
