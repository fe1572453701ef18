using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Instances.Messages;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Messages;

/// <summary>Generated proxy and dispatcher between two hosted instances.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class MessageInterfaceTests : WorkbenchFixture
{
    [TestCaseSource(nameof(Cases))]
    public Task EveryKindOfCall(string name) =>
        Client.InvokeAsync(() => CallCases.All.Single(entry => entry.Name == name).Run(Proxy));

    private static IEnumerable<string> Cases => CallCases.All.Select(entry => entry.Name);

    /// <summary>It takes the channel and then says nothing: the time limit of connecting covers the greeting.</summary>
    [Test]
    public void AServerThatDoesNotGreetIsNotWaitedForLongerThanAsked()
    {
        Server.Post(() => _ = Channel.AcceptAsync("silent"));
        ChannelOptions options = new()
        {
            Service = "silent",
            ConnectTimeout = TimeSpan.FromMilliseconds(200),
        };
        Assert.That(
            () =>
                Client.InvokeAsync(() =>
                    MessageClient.ConnectAsync<WorkbenchProxy>(1, "server", options)
                ),
            Throws.TypeOf<TimeoutException>()
        );
    }

    [Test]
    public async Task CallsThatWaitFailWhenTheServerEnds()
    {
        Task<int> waiting = Call(() => Proxy.WaitAsync(60_000, default));
        await Call(Proxy.NothingAsync);
        Server.Dispose();
        Assert.That(() => waiting, Throws.TypeOf<PeerEndedException>());
        Assert.That(() => Call(Proxy.NothingAsync), Throws.TypeOf<PeerEndedException>());
    }

    /// <summary>Longer than the server, the client or any ring takes: a typed error each time, and the channel goes on.</summary>
    [Test]
    public Task WhatIsTooLongFailsItsCall() =>
        Client.InvokeAsync(async () =>
        {
            byte[] longer = new byte[ChannelOptions.Default.MaximumMessageLength];
            await Catch<MalformedMessageException>(async () =>
                await Proxy.SumAsync(longer, default, [])
            );
            await Catch<MalformedMessageException>(async () =>
                await Proxy.FillAsync(longer.Length, 1)
            );
            await Catch<ArgumentException>(async () =>
                await Proxy.SumAsync(new byte[RingControl.MaximumLength], default, [])
            );
            Assert.That(await Proxy.AddAsync(1, 2), Is.EqualTo(3));
        });

    [Test]
    public async Task ACallAllocatesNothingAtTheCaller()
    {
        long allocated = await Client.InvokeAsync(async () =>
        {
            long before = 0;
            for (int i = 0; i < 20_000; i++)
            {
                if (i == 15_000)
                {
                    before = AllocatedBytes.OfThisThread;
                }
                await Proxy.AddAsync(i, i);
            }
            return AllocatedBytes.OfThisThread - before;
        });
        Assert.That(allocated, Is.Zero, "bytes in 5,000 calls");
    }
}
