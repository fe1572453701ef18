using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Services;
using Cosmos.Multikernel.Tests.Host.Channels;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Services;

/// <summary>The service every instance offers, and its client.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class InstanceServiceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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

    private Task<InstanceClient> ConnectAsync() =>
        a.InvokeAsync(() => InstanceClient.ConnectAsync(1, b.Name, Patience));

    [Test]
    public async Task AnswersPingsAndTellsHowItIs()
    {
        b.Post(() => _ = InstanceService.ServeAsync());
        InstanceClient client = await ConnectAsync();
        await a.InvokeAsync(() => client.PingAsync(Patience));
        InstanceStatus before = await a.InvokeAsync(() => client.StatusAsync(Patience));
        InstanceStatus after = await a.InvokeAsync(() => client.CollectAsync(Patience));
        Assert.That(after.Collections2, Is.GreaterThan(before.Collections2));
        Assert.That(after.Uptime, Is.GreaterThan(before.Uptime));
    }

    /// <summary>However often an instance that is stuck is asked, each question ends in time.</summary>
    [Test]
    public async Task AnInstanceThatDoesNotAnswerCostsNoMoreThanTheTimeGiven()
    {
        b.Post(() => _ = Channel.AcceptAsync(InstanceService.Name));
        InstanceClient client = await ConnectAsync();
        await a.InvokeAsync(async () =>
        {
            // More than the ring holds.
            for (int i = 0; i < 70; i++)
            {
                try
                {
                    await client.PingAsync(TimeSpan.FromMilliseconds(2));
                    Assert.Fail("Nobody answers there.");
                }
                catch (TimeoutException)
                {
                    // As it should.
                }
            }
        });
    }
}
