using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Messages;

/// <summary>Peers that do not keep to what proxies and dispatchers do: they spoil their own channel only.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class HostileMessageTests : WorkbenchFixture
{
    [Test]
    public async Task NonsenseIsCountedAndOthersAreServedOn()
    {
        Channel hostile = await Client.InvokeAsync(async () =>
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
                    noise[4] = (byte)random.Next(15);
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
        Assert.That(await Call(() => Proxy.AddAsync(1, 2)), Is.EqualTo(3));
        Assert.That(hostile.State, Is.EqualTo(Abi.ChannelState.Connected));
    }

    /// <summary>A server that answers a plain call with an item of a stream, and then as well with a reply.</summary>
    [Test]
    public async Task AnAnswerOfTheWrongKindFailsOnlyItsCall()
    {
        Server.Post(() => _ = AnswerWronglyAsync());
        WorkbenchProxy wrong = await Client.InvokeAsync(() =>
            MessageClient.ConnectAsync<WorkbenchProxy>(
                1,
                "server",
                new ChannelOptions { Service = "wrong" }
            )
        );
        await Client.InvokeAsync(async () =>
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

    /// <summary>Calls whose capabilities never came are no calls that end: they buy no room for others.</summary>
    [Test]
    public Task TheBoundOnCallsThatWaitHolds() =>
        Client.InvokeAsync(async () =>
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

    /// <summary>Memory that a server fills is bounded, and what another client was given is not in it.</summary>
    [Test]
    public Task NobodyIsGivenWhatIsAnothers() =>
        Client.InvokeAsync(async () =>
        {
            byte[] secret = new byte[100];
            await Proxy.PutAsync(100, 0x5E, 0, secret, default);
            using Channel channel = await ConnectRawAsync();
            const ushort put = 13;
            MessageWriter writer = new();
            foreach (int length in (int[])[100, -1, int.MaxValue, MessageSession.MostFilled + 1])
            {
                writer.Begin(new MessageHeader(1, put, MessageKind.Call));
                writer.Write(0);
                writer.Write((byte)0);
                writer.Write(0);
                writer.Write(length);
                await channel.SendAsync(writer.Written.ToArray());
                byte[] answer = (await channel.ReceiveAsync(TimeSpan.FromSeconds(20))).ToArray();
                MessageKind kind = new MessageReader(answer).Read<MessageHeader>().Kind;
                Assert.That(
                    kind,
                    Is.EqualTo(length == 100 ? MessageKind.Reply : MessageKind.Error)
                );
                Assert.That(answer, Has.None.EqualTo((byte)0x5E));
            }
        });

    /// <summary>A client that grants all the credit there is and reads nothing: the ring bounds what the server makes for it.</summary>
    [Test]
    public async Task CreditWithoutEndFillsNoMemory()
    {
        const ushort count = 12;
        Channel channel = await Client.InvokeAsync(async () =>
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
            int now = await Server.InvokeAsync(() => Task.FromResult(Workbench.Produced));
            quiet = now == produced && now != 0 ? quiet : 0;
            produced = now;
            await Task.Delay(5);
        }
        Assert.That(produced, Is.LessThanOrEqualTo(channel.Slots + 2));
        Assert.That(await Call(() => Proxy.AddAsync(1, 2)), Is.EqualTo(3));
    }

    private static async Task AnswerWronglyAsync()
    {
        const ushort add = 0;
        Channel channel = await Channel.AcceptAsync("wrong");
        await channel.ReceiveAsync();
        await GreetAsync(channel, MessageSession.MostCalls);

        MessageWriter writer = new();
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
}
