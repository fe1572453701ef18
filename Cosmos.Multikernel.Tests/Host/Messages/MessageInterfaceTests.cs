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
                    before = GC.GetAllocatedBytesForCurrentThread();
                }
                await proxy.AddAsync(i, i);
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.That(allocated, Is.Zero, "bytes in 5,000 calls");
    }
}
