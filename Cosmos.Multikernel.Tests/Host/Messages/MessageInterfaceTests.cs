using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Channels;
using Cosmos.Multikernel.Tests.Instances.Messages;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Messages;

/// <summary>Generated proxy and dispatcher between two hosted instances.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class MessageInterfaceTests
{
    private HostedMachine machine = null!;
    private EventLoop client = null!;
    private EventLoop server = null!;
    private Workbench workbench = null!;
    private WorkbenchProxy proxy = null!;

    [SetUp]
    public async Task Connect()
    {
        machine = new HostedMachine();
        client = machine.Add(0, "client");
        server = machine.Add(1, "server");
        workbench = new Workbench();
        server.Post(() => _ = MessageServer.ServeAsync(new WorkbenchDispatcher(workbench)));
        proxy = await client.InvokeAsync(() =>
            MessageClient.ConnectAsync<WorkbenchProxy>(1, "server")
        );
    }

    [TearDown]
    public void StopMachine() => machine.Dispose();

    private Task<T> Call<T>(Func<ValueTask<T>> call) => client.InvokeAsync(() => call().AsTask());

    private Task Call(Func<ValueTask> call) => client.InvokeAsync(() => call().AsTask());

    [TestCaseSource(nameof(Cases))]
    public Task EveryKindOfCall(string name) =>
        client.InvokeAsync(() => CallCases.All.Single(entry => entry.Name == name).Run(proxy));

    private static IEnumerable<string> Cases => CallCases.All.Select(entry => entry.Name);

    /// <summary>It takes the channel and then says nothing: the time limit of connecting covers the greeting.</summary>
    [Test]
    public void AServerThatDoesNotGreetIsNotWaitedForLongerThanAsked()
    {
        server.Post(() => _ = Channel.AcceptAsync("silent"));
        ChannelOptions options = new()
        {
            Service = "silent",
            ConnectTimeout = TimeSpan.FromMilliseconds(200),
        };
        Assert.That(
            () =>
                client.InvokeAsync(() =>
                    MessageClient.ConnectAsync<WorkbenchProxy>(1, "server", options)
                ),
            Throws.TypeOf<TimeoutException>()
        );
    }

    [Test]
    public async Task CallsThatWaitFailWhenTheServerEnds()
    {
        Task<int> waiting = Call(() => proxy.WaitAsync(60_000, default));
        await Call(proxy.NothingAsync);
        server.Dispose();
        Assert.That(() => waiting, Throws.TypeOf<PeerEndedException>());
        Assert.That(() => Call(proxy.NothingAsync), Throws.TypeOf<PeerEndedException>());
    }

    [Test]
    public async Task NonsenseIsCountedAndOthersAreServedOn()
    {
        Channel hostile = await client.InvokeAsync(async () =>
        {
            Channel channel = await Channel.ConnectAsync(
                1,
                "server",
                new ChannelOptions { Service = WorkbenchProxy.Service }
            );
            MessageWriter writer = new();
            writer.Begin(new MessageHeader(0, 0, MessageKind.Hello));
            writer.Write(WorkbenchProxy.InterfaceHash);
            await channel.SendAsync(writer.Written.ToArray());
            await channel.ReceiveAsync();
            Random random = new(1);
            for (int i = 0; i < 2000; i++)
            {
                byte[] noise = new byte[random.Next(100)];
                random.NextBytes(noise);
                if (noise.Length >= MessageHeader.Size && i % 2 == 0)
                {
                    // A plausible header, nonsense behind it.
                    noise[4] = (byte)random.Next(11);
                    noise[5] = 0;
                    noise[6] = (byte)MessageKind.Call;
                }
                await channel.SendAsync(noise);
                while (channel.TryReceive(out ReadOnlyMemory<byte> _))
                {
                    // Its errors, which it does not care for.
                }
            }
            return channel;
        });
        Assert.That(await Call(() => proxy.AddAsync(1, 2)), Is.EqualTo(3));
        Assert.That(hostile.State, Is.EqualTo(Abi.ChannelState.Connected));
    }

    /// <summary>A server that answers a plain call with an item of a stream, and then as well with a reply.</summary>
    [Test]
    public async Task AnAnswerOfTheWrongKindFailsOnlyItsCall()
    {
        server.Post(() => _ = AnswerWronglyAsync());
        WorkbenchProxy wrong = await client.InvokeAsync(() =>
            MessageClient.ConnectAsync<WorkbenchProxy>(
                1,
                "server",
                new ChannelOptions { Service = "wrong" }
            )
        );
        await client.InvokeAsync(async () =>
        {
            try
            {
                await wrong.AddAsync(1, 1);
                Assert.Fail("An item is no reply.");
            }
            catch (MalformedMessageException)
            {
                // As it should.
            }
            for (int i = 0; i < 10; i++)
            {
                // The late reply to the first call must reach none of these.
                Assert.That(await wrong.AddAsync(i, 0), Is.EqualTo(100));
            }
        });
    }

    private static async Task AnswerWronglyAsync()
    {
        const ushort add = 0;
        Channel channel = await Channel.AcceptAsync("wrong");
        MessageWriter writer = new();
        await channel.ReceiveAsync();
        writer.Begin(new MessageHeader(0, 0, MessageKind.Hello));
        writer.Write(WorkbenchProxy.InterfaceHash);
        writer.Write(MessageSession.MostCalls);
        await channel.SendAsync(writer.Written.ToArray());

        uint first = new MessageReader((await channel.ReceiveAsync()).Span)
            .Read<MessageHeader>()
            .Call;
        writer.Begin(new MessageHeader(first, add, MessageKind.Item));
        writer.Write(99);
        await channel.SendAsync(writer.Written.ToArray());
        while (true)
        {
            uint call = new MessageReader((await channel.ReceiveAsync()).Span)
                .Read<MessageHeader>()
                .Call;
            foreach ((uint number, int value) in ((uint, int)[])[(call, 100), (first, 99)])
            {
                writer.Begin(new MessageHeader(number, add, MessageKind.Reply));
                writer.Write(value);
                await channel.SendAsync(writer.Written.ToArray());
            }
        }
    }

    /// <summary>Longer than the server, the client or any ring takes: a typed error each time, and the channel goes on.</summary>
    [Test]
    public Task WhatIsTooLongFailsItsCall() =>
        client.InvokeAsync(async () =>
        {
            byte[] longer = new byte[ChannelOptions.Default.MaximumMessageLength];
            await Catch<MalformedMessageException>(async () =>
                await proxy.SumAsync(longer, default, [])
            );
            await Catch<MalformedMessageException>(async () =>
                await proxy.FillAsync(longer.Length, 1)
            );
            await Catch<ArgumentException>(async () =>
                await proxy.SumAsync(new byte[RingControl.MaximumLength], default, [])
            );
            Assert.That(await proxy.AddAsync(1, 2), Is.EqualTo(3));
        });

    // NUnit's own would block the event loop that the call needs.
    private static async Task<T> Catch<T>(Func<Task> call)
        where T : Exception
    {
        try
        {
            await call();
        }
        catch (T expected)
        {
            return expected;
        }
        throw new AssertionException($"expected {typeof(T).Name}");
    }

    /// <summary>A server that takes one call at a time: one that cannot be sent, and one given up before its turn, take no turn.</summary>
    [Test]
    public async Task CallsThatNeverGoOutTakeNoTurn()
    {
        List<MessageKind> heard = [];
        TaskCompletionSource answer = new();
        server.Post(() => _ = ServeOneAtATimeAsync(heard, answer.Task));
        await client.InvokeAsync(async () =>
        {
            WorkbenchProxy narrow = await MessageClient.ConnectAsync<WorkbenchProxy>(
                1,
                "server",
                new ChannelOptions { Service = "narrow" }
            );
            await Catch<ArgumentException>(async () =>
                await narrow.SumAsync(new byte[RingControl.MaximumLength], default, [])
            );
            using CancellationTokenSource impatient = new();
            Task<int> first = narrow.AddAsync(1, 1).AsTask();
            Task<int> givenUp = narrow.WaitAsync(1, impatient.Token).AsTask();
            Task<long> tooLong = narrow
                .SumAsync(new byte[RingControl.MaximumLength], default, [])
                .AsTask();
            Task<int> last = narrow.AddAsync(2, 2).AsTask();
            impatient.Cancel();
            await Catch<OperationCanceledException>(() => givenUp);
            answer.SetResult();
            Assert.That(await first, Is.EqualTo(100));
            await Catch<ArgumentException>(() => tooLong);
            Assert.That(await last, Is.EqualTo(100));
        });
        Assert.That(heard, Is.EqualTo((MessageKind[])[MessageKind.Call, MessageKind.Call]));
    }

    private static async Task ServeOneAtATimeAsync(List<MessageKind> heard, Task answer)
    {
        Channel channel = await Channel.AcceptAsync("narrow");
        await channel.ReceiveAsync();
        await GreetAsync(channel, mostCalls: 1);
        while (true)
        {
            MessageHeader header = new MessageReader(
                (await channel.ReceiveAsync()).Span
            ).Read<MessageHeader>();
            heard.Add(header.Kind);
            await answer;
            MessageWriter writer = new();
            writer.Begin(header with { Kind = MessageKind.Reply });
            writer.Write(100);
            await channel.SendAsync(writer.Written.ToArray());
        }
    }

    private static ValueTask GreetAsync(Channel channel, int mostCalls)
    {
        MessageWriter writer = new();
        writer.Begin(new MessageHeader(0, 0, MessageKind.Hello));
        writer.Write(WorkbenchProxy.InterfaceHash);
        writer.Write(mostCalls);
        return channel.SendAsync(writer.Written.ToArray());
    }

    private static async Task<Channel> ConnectRawAsync()
    {
        Channel channel = await Channel.ConnectAsync(
            1,
            "server",
            new ChannelOptions { Service = WorkbenchProxy.Service }
        );
        await GreetAsync(channel, mostCalls: 0);
        await channel.ReceiveAsync();
        return channel;
    }

    /// <summary>Calls whose capabilities never came are no calls that end: they buy no room for others.</summary>
    [Test]
    public Task TheBoundOnCallsThatWaitHolds() =>
        client.InvokeAsync(async () =>
        {
            const ushort wait = 10;
            const int nonsense = 10;
            const int tooMany = 5;
            using Channel channel = await ConnectRawAsync();
            MessageWriter writer = new();
            for (uint i = 0; i < nonsense; i++)
            {
                writer.Begin(new MessageHeader(i, wait, MessageKind.Call, capabilities: 200));
                await channel.SendAsync(writer.Written.ToArray());
            }
            for (uint i = 0; i < MessageSession.MostCalls + tooMany; i++)
            {
                writer.Begin(new MessageHeader(100 + i, wait, MessageKind.Call));
                writer.Write(60_000);
                await channel.SendAsync(writer.Written.ToArray());
            }
            for (int i = 0; i < nonsense + tooMany; i++)
            {
                MessageHeader header = new MessageReader(
                    (await channel.ReceiveAsync(TimeSpan.FromSeconds(20))).Span
                ).Read<MessageHeader>();
                Assert.That(header.Kind, Is.EqualTo(MessageKind.Error));
            }
        });

    /// <summary>A client that grants all the credit there is and reads nothing: the ring bounds what the server makes for it.</summary>
    [Test]
    public async Task CreditWithoutEndFillsNoMemory()
    {
        const ushort count = 12;
        Channel channel = await client.InvokeAsync(async () =>
        {
            Channel channel = await ConnectRawAsync();
            MessageWriter writer = new();
            writer.Begin(new MessageHeader(1, count, MessageKind.Call));
            writer.Write(100_000);
            writer.Write(-1);
            await channel.SendAsync(writer.Written.ToArray());
            for (int i = 0; i < 2; i++)
            {
                writer.Begin(new MessageHeader(1, 0, MessageKind.Credit));
                writer.Write(uint.MaxValue);
                await channel.SendAsync(writer.Written.ToArray());
            }
            return channel;
        });
        int produced = 0;
        for (int quiet = 0; quiet < 20; quiet++)
        {
            int now = await server.InvokeAsync(() => Task.FromResult(workbench.Produced));
            quiet = now == produced && now != 0 ? quiet : 0;
            produced = now;
            await Task.Delay(5);
        }
        Assert.That(produced, Is.LessThanOrEqualTo(channel.Slots + 2));
        Assert.That(await Call(() => proxy.AddAsync(1, 2)), Is.EqualTo(3));
    }

    /// <summary>One-way methods that do not end hold their client back, and only it.</summary>
    [Test]
    public async Task OneWayMethodsThatRunAreBounded()
    {
        const int more = 50;
        List<Task> told = [];
        await client.InvokeAsync(async () =>
        {
            for (int i = 0; i < MessageSession.MostCalls + more; i++)
            {
                told.Add(proxy.NoteAsync(-1).AsTask());
            }
            WorkbenchProxy other = await MessageClient.ConnectAsync<WorkbenchProxy>(1, "server");
            while ((await other.NotesAsync()).Length < MessageSession.MostCalls)
            {
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
            }
            for (int i = 0; i < 20; i++)
            {
                Assert.That(await other.NotesAsync(), Has.Length.EqualTo(MessageSession.MostCalls));
            }
        });
        workbench.Released.SetResult();
        await Task.WhenAll(told);
        int[] notes = await Call(proxy.NotesAsync);
        Assert.That(notes, Has.Length.EqualTo(MessageSession.MostCalls + more));
    }

    /// <summary>What nobody waits for does not overtake calls that wait for their turn, and goes when these are given up.</summary>
    [Test]
    public async Task OneWayMethodsKeepTheirPlaceBehindHeldCalls()
    {
        const int longer = 60_000;
        await client.InvokeAsync(async () =>
        {
            using CancellationTokenSource giveUp = new();
            List<Task> waiting = [];
            // As many as the server lets wait, then some that are held here.
            for (int i = 0; i < MessageSession.MostCalls; i++)
            {
                waiting.Add(proxy.WaitAsync(longer, giveUp.Token).AsTask());
            }
            using CancellationTokenSource giveUpHeld = new();
            Task held = proxy.WaitAsync(longer, giveUpHeld.Token).AsTask();
            Task<int> sum = proxy.AddAsync(1, 2).AsTask();
            Task note = proxy.NoteAsync(7).AsTask();
            Task<int> after = proxy.AddAsync(3, 4).AsTask();
            Task last = proxy.NoteAsync(8).AsTask();

            WorkbenchProxy other = await MessageClient.ConnectAsync<WorkbenchProxy>(1, "server");
            for (int i = 0; i < 20; i++)
            {
                Assert.That(await other.NotesAsync(), Is.Empty);
            }
            Assert.That(note.IsCompleted || last.IsCompleted, Is.False);

            // The held call goes; what is behind it still has no room.
            giveUpHeld.Cancel();
            Assert.That(await IsCancelledAsync(held));
            Assert.That(await other.NotesAsync(), Is.Empty);

            giveUp.Cancel();
            await Task.WhenAll(note, last);
            Assert.That((await sum, await after), Is.EqualTo((3, 7)));
            while ((await other.NotesAsync()).Length < 2)
            {
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
            }
            Assert.That(await other.NotesAsync(), Is.EqualTo(new[] { 7, 8 }));
            foreach (Task call in waiting)
            {
                Assert.That(await IsCancelledAsync(call));
            }
        });
    }

    /// <summary>The end of the channel is told to what still waits for its turn.</summary>
    [Test]
    public async Task HeldOneWayMethodsHearOfTheEnd()
    {
        await client.InvokeAsync(async () =>
        {
            for (int i = 0; i <= MessageSession.MostCalls; i++)
            {
                _ = proxy.WaitAsync(60_000, CancellationToken.None).AsTask();
            }
            Task note = proxy.NoteAsync(7).AsTask();
            Assert.That(note.IsCompleted, Is.False);
            proxy.Dispose();
            Exception? seen = null;
            try
            {
                await note;
            }
            catch (ObjectDisposedException exception)
            {
                seen = exception;
            }
            Assert.That(seen, Is.Not.Null);
        });
    }

    private static async Task<bool> IsCancelledAsync(Task call)
    {
        try
        {
            await call;
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    [Test]
    public async Task ACallAllocatesNothingAtTheCaller()
    {
        long allocated = await client.InvokeAsync(async () =>
        {
            long before = 0;
            for (int i = 0; i < 20_000; i++)
            {
                if (i == 15_000)
                {
                    before = AllocatedBytes.OfThisThread;
                }
                await proxy.AddAsync(i, i);
            }
            return AllocatedBytes.OfThisThread - before;
        });
        Assert.That(allocated, Is.Zero, "bytes in 5,000 calls");
    }
}
