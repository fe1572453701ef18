extern alias PretendCore;

using System.Runtime.InteropServices;
using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.Abi;
using PretendCore::Cosmos.Multikernel.Channels;
using PretendCore::Cosmos.Multikernel.CpuDriver.Endpoints;
using PretendCore::Cosmos.Multikernel.CpuDriver.LinuxAbi;
using PretendCore::Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Endpoints;

/// <summary>One core's side of channels: making and ending them, and news that come late or find no place.</summary>
[TestFixture]
[NonParallelizable]
public sealed unsafe class ChannelTableTests
{
    private const uint OtherCore = 1;
    private const uint PeerNumber = 5;

    private PretendInstance _instance = null!;

    [SetUp]
    public void Create()
    {
        Links.Sent.Clear();
        Links.IsFull = false;
        Doorbells.LastRung = null;
        Start(limitPages: 8192);
    }

    [TearDown]
    public void Dispose()
    {
        Links.IsFull = false;
        SharedFrames.IsFull = false;
        Declarations.Domain = null;
        _instance.Dispose();
    }

    [Test]
    public void AnOfferIsAnsweredAndEnded()
    {
        long handle = Connect(out ChannelOffer offer, out ulong address);
        Assert.That(StateOf(address), Is.EqualTo(ChannelState.Connecting));
        News(LinkMessageKind.Accepted, offer.From);
        Assert.That(StateOf(address), Is.EqualTo(ChannelState.Connected));
        ChannelTable.Notify(_instance.Domain, (ulong)handle);
        Assert.That(Doorbells.LastRung, Is.EqualTo(PeerNumber));
        News(LinkMessageKind.Gone, offer.From, ChannelState.PeerClosed);
        Assert.That(StateOf(address), Is.EqualTo(ChannelState.PeerClosed));
        Assert.That(ChannelTable.Close(_instance.Domain, (ulong)handle), Is.Zero);
        Assert.That(_instance.Space->LentFrames, Is.Zero);
    }

    /// <summary>
    /// The other side accepts, looks, arms its doorbell and sleeps, and its word of that waits on a busy link: what this side
    /// rings meanwhile for must wake it in the end.
    /// </summary>
    [Test]
    public void ARingThatComesBeforeTheAnswerIsMadeUpForAfterIt([Values] bool rings)
    {
        long handle = Connect(out ChannelOffer offer, out _);
        if (rings)
        {
            ChannelTable.Notify(_instance.Domain, (ulong)handle);
        }
        Assert.That(Doorbells.LastRung, Is.Null);
        News(LinkMessageKind.Accepted, offer.From);
        Assert.That(Doorbells.LastRung, rings ? Is.EqualTo(PeerNumber) : Is.Null);
        News(LinkMessageKind.Gone, offer.From, ChannelState.PeerClosed);
        ChannelTable.Close(_instance.Domain, (ulong)handle);
    }

    /// <summary>Others take an instance for dead when its core says that it does not run; a lack of memory is no death.</summary>
    [Test]
    public void ARefusalSaysWhetherTheInstanceRuns([Values] bool runs)
    {
        Declarations.Domain = runs ? _instance.Domain : null;
        SharedFrames.IsFull = true;
        ChannelOffer offer = new()
        {
            Kind = LinkMessageKind.Offer,
            From = 77,
            Slots = 8,
        };
        Assert.That(ChannelTable.TryOnOffer(OtherCore, &offer), Is.True);
        ChannelNews answer = MemoryMarshal.Read<ChannelNews>(Links.Sent.Dequeue());
        Assert.That(
            (answer.Kind, answer.Status),
            Is.EqualTo((LinkMessageKind.Refused, runs ? Errno.ENOMEM : 0))
        );
    }

    /// <summary>
    /// Both sides close at the same moment, and this side at once offers a new channel in the same place: the other side's
    /// farewell for the old channel must not end the new one.
    /// </summary>
    [Test]
    public void LateNewsDoNotMeanTheNextChannel()
    {
        long first = Connect(out ChannelOffer old, out _);
        News(LinkMessageKind.Accepted, old.From);
        News(LinkMessageKind.Gone, old.From, ChannelState.PeerClosed);
        ChannelTable.Close(_instance.Domain, (ulong)first);
        long second = Connect(out ChannelOffer offer, out ulong address);
        Assert.That(second, Is.EqualTo(first));
        News(LinkMessageKind.Gone, old.From, ChannelState.PeerClosed);
        Assert.That(StateOf(address), Is.EqualTo(ChannelState.Connecting));
        News(LinkMessageKind.Accepted, offer.From);
        Assert.That(StateOf(address), Is.EqualTo(ChannelState.Connected));
        News(LinkMessageKind.Gone, offer.From, ChannelState.PeerEnded);
        Assert.That(StateOf(address), Is.EqualTo(ChannelState.PeerEnded));
    }

    /// <summary>With no entry left the client still hears that it is refused, at the latest when the link has room.</summary>
    [Test]
    public void WithoutAnEntryAnOfferIsRefused()
    {
        _instance.Dispose();
        List<uint> taken = PretendInstance.TakeChannelEntries();
        Start(limitPages: 8192);
        ChannelOffer offer = new()
        {
            Kind = LinkMessageKind.Offer,
            From = 77,
            Slots = 8,
        };
        Links.IsFull = true;
        Assert.That(ChannelTable.TryOnOffer(OtherCore, &offer), Is.False);
        Links.IsFull = false;
        Assert.That(ChannelTable.TryOnOffer(OtherCore, &offer), Is.True);
        ChannelNews answer = MemoryMarshal.Read<ChannelNews>(Links.Sent.Dequeue());
        Assert.That(
            (answer.Kind, answer.To, answer.Status),
            Is.EqualTo((LinkMessageKind.Refused, 77u, Errno.ENOMEM))
        );
        PretendInstance.ReturnChannelEntries(taken);
    }

    /// <summary>Channels cost their instance memory: the limit holds for them as for everything.</summary>
    [Test]
    public void ChannelsCountAgainstTheLimit()
    {
        _instance.Dispose();
        Start(limitPages: 512);
        List<long> handles = [];
        long last;
        while ((last = Connect(out ChannelOffer offer, out _)) >= 0)
        {
            handles.Add(last);
            // The memory is free again only when the other side has answered.
            News(LinkMessageKind.Refused, offer.From);
        }
        Assert.That(last, Is.EqualTo(-Errno.ENOMEM));
        Assert.That(handles, Has.Count.InRange(20, 256));
        Assert.That(_instance.Space->LentFrames, Is.EqualTo((ulong)handles.Count * 2));
    }

    [Test]
    public void OneInstanceHasSoManyChannels()
    {
        long last;
        int made = 0;
        while ((last = Connect(out ChannelOffer offer, out _)) >= 0)
        {
            made++;
            News(LinkMessageKind.Refused, offer.From);
        }
        Assert.That((last, made), Is.EqualTo(((long)-Errno.EMFILE, 1024)));
    }

    /// <summary>All offers that an instance never took end with it, each with word to whoever made it.</summary>
    [Test]
    public void OffersEndWithTheirInstance()
    {
        Declarations.Domain = _instance.Domain;
        for (uint i = 0; i < 3000; i++)
        {
            ChannelOffer offer = new()
            {
                Kind = LinkMessageKind.Offer,
                From = i,
                Slots = 8,
            };
            Assert.That(ChannelTable.TryOnOffer(OtherCore, &offer), Is.True);
        }
        _instance.Dispose();
        uint[] told = [.. Links.Sent.Select(news => MemoryMarshal.Read<ChannelNews>(news).To)];
        Assert.That(told, Is.EqualTo(Enumerable.Range(0, 3000)));
        Start(limitPages: 8192);
    }

    private void Start(ulong limitPages)
    {
        // Entries grow by frames that are never given back: before the instance counts them.
        PretendInstance.ReturnChannelEntries(PretendInstance.TakeChannelEntries());
        _instance = new PretendInstance(limitPages);
        Assert.That(DomainEndpoints.TryCreate(_instance.Domain), Is.True);
    }

    private long Connect(out ChannelOffer offer, out ulong address)
    {
        ConnectRequest request = new() { Core = OtherCore, Slots = 8 };
        long handle = ChannelTable.Connect(_instance.Domain, &request);
        address = request.Address;
        offer = handle >= 0 ? MemoryMarshal.Read<ChannelOffer>(Links.Sent.Dequeue()) : default;
        return handle;
    }

    private static void News(
        LinkMessageKind kind,
        uint to,
        ChannelState state = ChannelState.Connected
    )
    {
        ChannelNews news = new()
        {
            Kind = kind,
            To = to,
            From = PeerNumber,
            State = state,
        };
        ChannelTable.OnNews(OtherCore, &news);
    }

    private ChannelState StateOf(ulong address) =>
        (ChannelState)_instance.Read(address + RingLayout.StateOffsetA);
}
