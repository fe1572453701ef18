using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Supervision;

/// <summary>Calls the server all the time, whoever dies: each call is answered or fails with the exception that says why.</summary>
internal static class Client
{
    /// <summary>Calls in the server's last life with which a client is content.</summary>
    private const int Enough = 50;

    public static async Task<string> CallAsync()
    {
        var answered = 0;
        var failed = 0;
        var inLastLife = 0;
        var life = 0;
        while (inLastLife < Enough)
        {
            try
            {
                using var counter = await Names.BindAsync<CounterProxy>(
                    Conductor.Name,
                    Conductor.Patience
                );
                while (inLastLife < Enough)
                {
                    var answering = await counter.CountAsync();
                    // Lives only follow each other: no call is answered by one that is over.
                    Expect.That(answering >= life);
                    life = answering;
                    answered++;
                    inLastLife += life >= Conductor.LastLife ? 1 : 0;
                }
            }
            catch (ChannelException)
            {
                // The server, or a monitor on the way to it, has ended: the next attempt finds its next life.
                failed++;
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(20));
            }
        }

        return $"{answered} calls answered, {failed} ends seen, the server in life {life}";
    }
}
