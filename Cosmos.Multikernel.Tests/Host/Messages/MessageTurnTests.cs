using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Messages;

/// <summary>Servers let so many calls wait at a time: what is held back meanwhile, and in which order it goes.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class MessageTurnTests : WorkbenchFixture
{
    /// <summary>A server that takes one call at a time: one that cannot be sent, and one given up before its turn, take no turn.</summary>
    [Test]
    public async Task CallsThatNeverGoOutTakeNoTurn()
    {
        List<MessageKind> heard = [];
        TaskCompletionSource answer = new();
        Server.Post(() => _ = ServeOneAtATimeAsync(heard, answer.Task));
        await Client.InvokeAsync(async () =>
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

    /// <summary>One-way methods that do not end hold their client back, and only it.</summary>
    [Test]
    public async Task OneWayMethodsThatRunAreBounded()
    {
        const int more = 50;
        List<Task> told = [];
        await Client.InvokeAsync(async () =>
        {
            for (int i = 0; i < MessageSession.MostCalls + more; i++)
            {
                told.Add(Proxy.NoteAsync(-1).AsTask());
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
        Workbench.Released.SetResult();
        await Task.WhenAll(told);
        int[] notes = await Call(Proxy.NotesAsync);
        Assert.That(notes, Has.Length.EqualTo(MessageSession.MostCalls + more));
    }

    /// <summary>What nobody waits for does not overtake calls that wait for their turn, and goes when these are given up.</summary>
    [Test]
    public async Task OneWayMethodsKeepTheirPlaceBehindHeldCalls()
    {
        const int longer = 60_000;
        await Client.InvokeAsync(async () =>
        {
            using CancellationTokenSource giveUp = new();
            List<Task> waiting = [];
            // As many as the server lets wait, then some that are held here.
            for (int i = 0; i < MessageSession.MostCalls; i++)
            {
                waiting.Add(Proxy.WaitAsync(longer, giveUp.Token).AsTask());
            }
            using CancellationTokenSource giveUpHeld = new();
            Task held = Proxy.WaitAsync(longer, giveUpHeld.Token).AsTask();
            Task<int> sum = Proxy.AddAsync(1, 2).AsTask();
            Task note = Proxy.NoteAsync(7).AsTask();
            Task<int> after = Proxy.AddAsync(3, 4).AsTask();
            Task last = Proxy.NoteAsync(8).AsTask();

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
        await Client.InvokeAsync(async () =>
        {
            for (int i = 0; i <= MessageSession.MostCalls; i++)
            {
                _ = Proxy.WaitAsync(60_000, CancellationToken.None).AsTask();
            }
            Task note = Proxy.NoteAsync(7).AsTask();
            Assert.That(note.IsCompleted, Is.False);
            Proxy.Dispose();
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
}
