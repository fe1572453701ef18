using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Channels;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Messages;

/// <summary>Frames through generated interfaces between two hosted instances: ownership moves, nothing is left behind.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class FrameMessageTests : ServedFixture<FramesProxy>
{
    private Keeper keeper = null!;

    private sealed class Keeper : IFrames
    {
        public List<Frame> Kept { get; } = [];

        public List<int> Order { get; } = [];

        public ValueTask<Frame> AddAsync(Frame frame, byte value)
        {
            foreach (ref var octet in frame.Span)
            {
                octet += value;
            }
            return new(frame);
        }

        public ValueTask<(int Count, Frame Frame)> CountAsync(Frame frame, byte value) =>
            new((frame.ReadOnlySpan.Count(value), frame));

        public ValueTask<int> KeepAsync(int before, Frame first, string between, Frame second)
        {
            Order.Add(before);
            Kept.Add(first);
            Kept.Add(second);
            return new(before + between.Length);
        }

        public ValueTask RefuseAsync(Frame frame)
        {
            frame.Dispose();
            throw new InvalidOperationException("not this one");
        }

        public ValueTask<Frame> CopiedAsync()
        {
            var frame = Frame.Allocate(4096);
            Kept.Add(frame);
            return new(frame.Copy());
        }

        public ValueTask DropAsync(Frame frame)
        {
            frame.Dispose();
            return default;
        }

        public async IAsyncEnumerable<Frame> ManyAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var frame = Frame.Allocate(4096);
                frame.Span.Fill((byte)i);
                await Task.Yield();
                yield return frame;
            }
        }
    }

    private protected override IMessageDispatcher MakeDispatcher() =>
        new FramesDispatcher(keeper = new Keeper());

    private int Files =>
        global::System.IO.Directory.GetFiles(Path.Combine(Machine.Directory, "frames")).Length
        + global::System.IO.Directory.GetFiles(Path.Combine(Machine.Directory, "cargo")).Length;

    [Test]
    public Task AFrameGoesAndComesBack() =>
        Client.InvokeAsync(async () =>
        {
            for (var round = 0; round < 100; round++)
            {
                var frame = Frame.Allocate(8192);
                frame.Span.Fill((byte)round);
                var call = Proxy.AddAsync(frame, 3);
                Assert.That(frame.IsClosed);
                Assert.That(() => frame.Address, Throws.TypeOf<ObjectDisposedException>());
                using var back = await call;
                Assert.That(back.Span.IndexOfAnyExcept((byte)(round + 3)), Is.Negative);
                Assert.That(back.Length, Is.EqualTo(8192));
            }
            Assert.That(Files, Is.Zero);
        });

    [Test]
    public Task AValueAndAFrameComeBackTogether() =>
        Client.InvokeAsync(async () =>
        {
            var frame = Frame.Allocate(4096);
            frame.Span[..7].Fill(9);
            for (var round = 0; round < 3; round++)
            {
                (var count, frame) = await Proxy.CountAsync(frame, 9);
                Assert.That(count, Is.EqualTo(7));
                Assert.That(frame.Length, Is.EqualTo(4096));
            }
            frame.Dispose();
            Assert.That(Files, Is.Zero);
        });

    [Test]
    public Task SeveralFramesGoWithOneMessage() =>
        Client.InvokeAsync(async () =>
        {
            Frame[] frames = [Frame.Allocate(4096), Frame.Allocate(8192)];
            Assert.That(await Proxy.KeepAsync(5, frames[0], "abc", frames[1]), Is.EqualTo(8));
            Assert.That(keeper.Kept.Select(frame => frame.Length), Is.EqualTo((int[])[4096, 8192]));
        });

    [Test]
    public Task WhatThrowsAndWhatNobodyWaitsFor() =>
        Client.InvokeAsync(async () =>
        {
            var refused = Frame.Allocate(4096);
            await Catch<InvalidOperationException>(() => Proxy.RefuseAsync(refused).AsTask());
            Assert.That(refused.IsClosed);
            await Proxy.DropAsync(Frame.Allocate(4096));
            Assert.That(
                await Proxy.KeepAsync(0, Frame.Allocate(1), "", Frame.Allocate(1)),
                Is.Zero
            );
            Assert.That(Files, Is.EqualTo(2));
        });

    [Test]
    public Task AFrameWithACopyStaysAndItsCallFails() =>
        Client.InvokeAsync(async () =>
        {
            using var frame = Frame.Allocate(4096);
            using var copy = frame.Copy();
            await Catch<CapabilityInUseException>(async () => await Proxy.AddAsync(frame, 1));
            // The first had gone when the second could not: it is dropped there.
            await Catch<CapabilityInUseException>(async () =>
                await Proxy.KeepAsync(1, Frame.Allocate(4096), "", frame)
            );
            var remote = await Catch<RemoteException>(async () => await Proxy.CopiedAsync());
            Assert.That(remote.RemoteType, Is.EqualTo(typeof(CapabilityInUseException).FullName));
            Assert.That(frame.IsClosed, Is.False);
            frame.Span[0] = 1;
            Assert.That(copy.Span[0], Is.EqualTo(1));
        });

    /// <summary>Many more than may be under way: each waits for those before it, and so do the replies.</summary>
    [Test]
    public Task CallsMadeAtOnceKeepTheirOrder() =>
        Client.InvokeAsync(async () =>
        {
            List<Task<int>> kept = [];
            List<Task<Frame>> back = [];
            for (var i = 0; i < 60; i++)
            {
                kept.Add(Proxy.KeepAsync(i, Frame.Allocate(1), "", Frame.Allocate(1)).AsTask());
                back.Add(Proxy.AddAsync(Frame.Allocate(1), (byte)i).AsTask());
            }
            Assert.That(await Task.WhenAll(kept), Is.EqualTo(Enumerable.Range(0, 60)));
            Assert.That(keeper.Order, Is.EqualTo(Enumerable.Range(0, 60)));
            var frames = await Task.WhenAll(back);
            Assert.That(EventLoop.Current, Is.SameAs(Client));
            Assert.That(frames.Select(frame => frame.Span[0]), Is.EqualTo(Enumerable.Range(0, 60)));
        });

    /// <summary>The first has gone when the second is found to be gone, too: it must not fill the way for good.</summary>
    [Test]
    public Task AFrameCannotBeSentTwiceAndTheWayStaysFree() =>
        Client.InvokeAsync(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                var frame = Frame.Allocate(4096);
                await Catch<ObjectDisposedException>(async () =>
                    await Proxy.KeepAsync(i, frame, "", frame)
                );
            }
            using (await Proxy.AddAsync(Frame.Allocate(4096), 1)) { }
            Assert.That(keeper.Kept, Is.Empty);
            Assert.That(Files, Is.Zero);
        });

    [Test]
    public Task FramesComeAsAStream() =>
        Client.InvokeAsync(async () =>
        {
            var count = 0;
            await foreach (var frame in Proxy.ManyAsync(100))
            {
                Assert.That(frame.Span[0], Is.EqualTo(count++));
                frame.Dispose();
            }
            Assert.That(count, Is.EqualTo(100));
            Assert.That(Files, Is.Zero);
        });

    [Test]
    public async Task WhatNobodyClaimedIsFreedWithTheChannel()
    {
        await Client.InvokeAsync(async () =>
        {
            for (var i = 0; i < 5; i++)
            {
                await Proxy.Client.Channel.SendCapabilityAsync(Frame.Allocate(4096));
            }
            Proxy.Dispose();
        });
        for (var attempt = 0; attempt < 500 && Files != 0; attempt++)
        {
            await Task.Delay(10);
        }
        Assert.That(Files, Is.Zero);
    }

    /// <summary>The collector frees what was forgotten, perhaps after the machine.</summary>
    [Test]
    public async Task AFrameThatOutlivesItsMachineIsGoneWithIt()
    {
        Frame? frame = null;
        using (HostedMachine other = new())
        {
            await other
                .Add(0, "lone")
                .InvokeAsync(async () =>
                {
                    frame = Frame.Allocate(4096);
                    await Task.Yield();
                });
        }
        Assert.That(frame!.Dispose, Throws.Nothing);
    }

    /// <summary>What comes with messages that are dropped takes up no room among those under way.</summary>
    [Test]
    public async Task MessagesDroppedForTheirLengthLeaveNoHoleInTheWindow()
    {
        const int moreThanTheWindow = 40;
        string tooLong = new('x', (1 << 20) + 1);
        await Client.InvokeAsync(async () =>
        {
            for (var i = 0; i < moreThanTheWindow; i++)
            {
                await Catch<MalformedMessageException>(async () =>
                    await Proxy.KeepAsync(i, Frame.Allocate(4096), tooLong, Frame.Allocate(4096))
                );
            }

            using var frame = await Proxy.AddAsync(Frame.Allocate(4096), 3);
            Assert.That(frame.ReadOnlySpan[0], Is.EqualTo(3));
        });
        Assert.That(keeper.Kept, Is.Empty);
        Assert.That(Files, Is.Zero);
    }

    /// <summary>As between CPU drivers: 32 may be under way, the next one waits until one of them is claimed.</summary>
    [Test]
    public async Task CapabilitiesUnderWayAreBounded()
    {
        const uint window = CapabilityLimits.Window;
        var accepting = Server.InvokeAsync(() => Channel.AcceptAsync("raw").AsTask());
        var sending = await Client.InvokeAsync(() =>
            Channel.ConnectAsync(1, "server", new ChannelOptions { Service = "raw" }).AsTask()
        );
        var receiving = await accepting;
        Task<uint> next = null!;
        await Client.InvokeAsync(async () =>
        {
            for (uint i = 0; i < window; i++)
            {
                Assert.That(await sending.SendCapabilityAsync(Frame.Allocate(4096)), Is.EqualTo(i));
            }

            next = sending.SendCapabilityAsync(Frame.Allocate(4096)).AsTask();
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(50));
            Assert.That(next.IsCompleted, Is.False);
        });
        await Server.InvokeAsync(async () =>
        {
            // A later one makes no room: numbers are taken in their order.
            (await receiving.ClaimCapabilityAsync(1)).Dispose();
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(50));
            Assert.That(next.IsCompleted, Is.False);
            (await receiving.ClaimCapabilityAsync(0)).Dispose();
        });
        Assert.That(await next, Is.EqualTo(window));
    }

    [Test]
    public async Task WhatAnInstanceHeldIsFreedWithIt()
    {
        await Client.InvokeAsync(async () =>
        {
            await Proxy.KeepAsync(0, Frame.Allocate(4096), "", Frame.Allocate(4096));
        });
        Assert.That(Files, Is.EqualTo(2));
        Server.Dispose();
        Assert.That(Files, Is.Zero);
        // As the collector does, some time later.
        keeper.Kept.ForEach(frame => frame.Dispose());
    }

    [Test]
    public Task RightsAndPartsAreKept() =>
        Client.InvokeAsync(async () =>
        {
            var frame = Frame.Allocate(4 * 4096);
            frame.Span[4096] = 9;
            var part = frame.Mint(4096, 8192, CapabilityRights.Read);
            frame.Dispose();
            Assert.That(await Proxy.KeepAsync(0, part, "", Frame.Allocate(1)), Is.Zero);
            var kept = keeper.Kept[0];
            Assert.That(kept.GrantedRights, Is.EqualTo(CapabilityRights.Read));
            Assert.That(kept.Length, Is.EqualTo(8192));
            Assert.That(kept.ReadOnlySpan[0], Is.EqualTo(9));
            Assert.That(() => kept.Span[0], Throws.TypeOf<CapabilityDeniedException>());
        });
}
