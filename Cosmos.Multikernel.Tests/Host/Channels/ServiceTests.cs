using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Channels.Platforms;
using Cosmos.Multikernel.Channels.Platforms.Hosted;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Channels;

/// <summary>Channels find whoever accepts their service; those nobody accepts do not pile up.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class ServiceTests
{
    // What the loop keeps of channels that nobody accepts.
    private const int Kept = 64;

    private HostedMachine machine = null!;
    private EventLoop a = null!;
    private EventLoop b = null!;

    [SetUp]
    public void StartMachine()
    {
        machine = new HostedMachine();
        a = machine.Add(0, "a");
        b = machine.Add(1, "b");
    }

    [TearDown]
    public void StopMachine() => machine.Dispose();

    private Task<Channel> ConnectAsync(string service) =>
        a.InvokeAsync(() =>
            Channel.ConnectAsync(1, b.Name, new ChannelOptions { Service = service }).AsTask()
        );

    private Task<Channel> AcceptAsync(string service) =>
        b.InvokeAsync(() => Channel.AcceptAsync(service).AsTask());

    // Offers are taken only once somebody accepts anything at all.
    private Task StartAcceptingAsync() =>
        b.InvokeAsync(() =>
        {
            _ = Channel.AcceptAsync("other");
            return Task.CompletedTask;
        });

    private async Task UntilTurnedAwayAsync(int count)
    {
        while (b.TurnedAway < count)
        {
            await Task.Delay(5, TestContext.CurrentContext.CancellationToken);
        }
    }

    [Test]
    public async Task EachServiceGetsItsOwnChannelsInTheirOrder()
    {
        await StartAcceptingAsync();
        Channel[] connected = [.. await Task.WhenAll(ConnectAsync("x"), ConnectAsync("y"))];
        Channel third = await ConnectAsync("x");
        for (int i = 0; i < 3; i++)
        {
            Channel from = i < 2 ? connected[i] : third;
            int number = i;
            await a.InvokeAsync(() => from.SendAsync(number).AsTask());
        }
        foreach ((string service, int number) in ((string, int)[])[("x", 0), ("x", 2), ("y", 1)])
        {
            Channel accepted = await AcceptAsync(service);
            Assert.That(accepted.Service, Is.EqualTo(service));
            Assert.That(
                await b.InvokeAsync(() => accepted.ReceiveAsync<int>().AsTask()),
                Is.EqualTo(number)
            );
        }
    }

    /// <summary>However many services a peer makes up, it takes no more room than for one.</summary>
    [Test]
    public async Task ChannelsThatNobodyAcceptsAreTurnedAway()
    {
        await StartAcceptingAsync();
        for (int i = 0; i < Kept; i++)
        {
            await ConnectAsync($"made up {i}");
        }
        Channel toomany = await ConnectAsync("one more");
        await UntilTurnedAwayAsync(1);
        Assert.That(
            () => a.InvokeAsync(() => toomany.ReceiveAsync().AsTask()),
            Throws.TypeOf<PeerClosedException>()
        );
        Assert.That(
            await b.InvokeAsync(() => Task.FromResult(b.Channels.Count())),
            Is.EqualTo(Kept)
        );
    }

    [Test]
    public async Task ThoseWhoLeftMakeRoom()
    {
        await StartAcceptingAsync();
        for (int i = 0; i < Kept; i++)
        {
            Channel channel = await ConnectAsync("nobody's");
            await a.InvokeAsync(() =>
            {
                channel.Dispose();
                return Task.CompletedTask;
            });
        }
        Task<Channel> connecting = ConnectAsync("late");
        Channel accepted = await AcceptAsync("late");
        await connecting;
        Assert.That(accepted.State, Is.EqualTo(ChannelState.Connected));

        await ConnectAsync("nobody's");
        Assert.That((await AcceptAsync("nobody's")).State, Is.EqualTo(ChannelState.Connected));
        Assert.That(await b.InvokeAsync(() => Task.FromResult(b.TurnedAway)), Is.Zero);
    }

    /// <summary>A peer that is no channel of ours writes what it likes where the service's name is due.</summary>
    [Test]
    public async Task AnOpeningThatIsNoNameIsTurnedAway()
    {
        await StartAcceptingAsync();
        using HostedPlatform raw = new(machine.Directory, 2, "raw");
        ChannelBinding binding = raw.Connect(1, b.Name, 64);
        unsafe
        {
            RingEndpoint ring = new((byte*)binding.Memory, binding.Slots, binding.SideA);
            fixed (byte* nonsense = new byte[3000])
            {
                Assert.That(ring.TrySend(nonsense, 3000), Is.EqualTo(RingStatus.Ok));
            }
        }
        raw.Notify(binding.Handle);
        await UntilTurnedAwayAsync(1);
    }

    [Test]
    public void AServicesNameHasALimit() =>
        Assert.That(
            () => ConnectAsync(new string('x', Channel.MaximumServiceLength + 1)),
            Throws.ArgumentException
        );
}
