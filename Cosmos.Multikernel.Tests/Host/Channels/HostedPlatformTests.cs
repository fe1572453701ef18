using System.Diagnostics;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Channels.Platforms;
using Cosmos.Multikernel.Channels.Platforms.Hosted;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Channels;

/// <summary>Offers and ends below the event loop: what happens when a process is slow or dies midway.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class HostedPlatformTests
{
    private const uint Slots = 8;

    private string machine = null!;

    [SetUp]
    public void ChooseMachine() =>
        machine = Path.Combine(HostedPlatform.MachinesDirectory, $"cosmos-test-{Guid.NewGuid():N}");

    [TearDown]
    public void RemoveMachine() => Directory.Delete(machine, recursive: true);

    [Test]
    public unsafe void AnOfferThatWasNeverCountedIsTakenWithTheNextAndMiscountsNothing()
    {
        using HostedPlatform server = new(machine, 0, "server");
        using HostedPlatform client = new(machine, 1, "client");
        client.Connect(0, "server", Slots);
        using (HostedDomain page = HostedDomain.TryOpen(machine, 0, "server")!)
        {
            // As if the client had died before it counted the offer.
            *page.Page.PendingOffers = 0;
        }
        client.Connect(0, "server", Slots);
        int accepted = 0;
        while (server.PendingOffers != 0 && server.TryAccept(out ChannelBinding binding))
        {
            Assert.That((binding.PeerCore, binding.PeerName), Is.EqualTo((1, "client")));
            accepted++;
        }
        Assert.That(accepted, Is.EqualTo(2));
        Assert.That(server.PendingOffers, Is.Zero);
        Assert.That(server.TryAccept(out _), Is.False);
        Assert.That(server.PendingOffers, Is.Zero);
    }

    [Test]
    public void ADeclaredInstanceCanBeConnectedToBeforeItRuns()
    {
        DeclaredInstance[] declared = [new(0, "late"), new(1, "client")];
        using HostedPlatform client = new(machine, 1, "client", declared);
        client.Connect(0, "late", Slots);
        Assert.That(
            () => client.Connect(0, "stranger", Slots),
            Throws.TypeOf<ChannelRefusedException>()
        );
        using HostedPlatform late = new(machine, 0, "late", declared);
        Assert.That(late.TryAccept(out ChannelBinding binding), Is.True);
        Assert.That((binding.PeerCore, binding.PeerName), Is.EqualTo((1, "client")));
    }

    /// <summary>The collector may give up a frame when its machine is long gone.</summary>
    [Test]
    public void AFrameMayOutliveItsMachine()
    {
        using HostedPlatform instance = new(machine, 0, "server");
        long frame = instance.Capabilities.AllocateFrame(4096, 4096);
        Assert.That(frame, Is.Positive);
        Directory.Delete(machine, recursive: true);
        Assert.That(instance.Capabilities.Delete(frame), Is.Zero);
        Directory.CreateDirectory(machine);
    }

    /// <summary>A process's end is told by whoever notices it, on any thread: also while another unmaps the page it is told in.</summary>
    [Test]
    public void TheEndMayBeToldByManyThreadsAtATime()
    {
        for (int i = 0; i < 100; i++)
        {
            HostedPlatform instance = new(machine, 0, "server");
            Parallel.Invoke(
                instance.Dispose,
                () => instance.RecordEnd(6),
                instance.Dispose,
                instance.Wake
            );
            using HostedDomain page = HostedDomain.TryOpen(machine, 0, "server")!;
            Assert.That(page.HasEnded, Is.True);
            Assert.That(page.StatusOf(page.CurrentLife), Is.Zero.Or.EqualTo(6));
        }
    }

    /// <summary>
    /// Without a launcher an end is noticed through the process, perhaps when the next life has begun: its channels are not the
    /// dead one's.
    /// </summary>
    [Test]
    public void TheEndOfALifeEndsNoChannelOfTheNext()
    {
        using HostedPlatform client = new(machine, 0, "client");
        using HostedDomain page = HostedDomain.Create(machine, 1, "server");
        using Process first = Process.Start("sleep", "600");
        using Process second = Process.Start("sleep", "600");
        try
        {
            page.Join(first.Id);
            ChannelBinding old = client.Connect(1, "server", Slots);
            page.Join(second.Id);
            ChannelBinding current = client.Connect(1, "server", Slots);
            first.Kill();
            Assert.That(() => StateOf(old), Is.EqualTo(ChannelState.PeerEnded).After(30_000, 10));
            Assert.That(StateOf(current), Is.EqualTo(ChannelState.Connecting));
            second.Kill();
            Assert.That(
                () => StateOf(current),
                Is.EqualTo(ChannelState.PeerEnded).After(30_000, 10)
            );
        }
        finally
        {
            first.Kill();
            second.Kill();
        }
    }

    /// <summary>With a launcher, who tells the ends, a next life is watched as the first was.</summary>
    [Test]
    public void EachLifeOfASupervisedInstanceIsWatched()
    {
        const int signal = 11;
        using HostedDomain page = HostedDomain.Create(machine, 1, "server");
        page.IsSupervised = true;
        using HostedPlatform client = new(machine, 0, "client");
        for (uint life = 0; life < 100; life++)
        {
            Assert.That(page.BeginLife(), Is.EqualTo(life));
            Assert.That(page.Join(Environment.ProcessId), Is.EqualTo(life));
            ChannelBinding channel = client.Connect(1, "server", Slots);
            page.RecordEnd(life, signal);
            Assert.That(
                () => StateOf(channel),
                Is.EqualTo(ChannelState.PeerEnded).After(30_000, 1)
            );
            Assert.That(StatusOf(channel), Is.EqualTo(signal));
            Assert.That(page.HasEnded);
        }
    }

    // The client is side A.
    private static unsafe ChannelState StateOf(ChannelBinding channel) =>
        (ChannelState)Volatile.Read(ref *((uint*)channel.Memory + RingLayout.StateOffsetA / 4));

    private static unsafe int StatusOf(ChannelBinding channel) =>
        Volatile.Read(ref *((int*)channel.Memory + RingLayout.StateOffsetA / 4 + 1));
}
