using Cosmos.Multikernel.Cli.Benchmarks.Station;

namespace Cosmos.Multikernel.Bench.Io.Measurements;

/// <summary>Asks the station, and takes its answer among what else comes.</summary>
internal sealed class Question(StationMessage question) : IOutgoing, IIncoming
{
    private const int MostTries = 5;

    private StationMessage? answer;
    private bool isSent;

    /// <summary>How many datagrams of a measurement the station has counted, or sent.</summary>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public static async Task<StationMessage> AskAsync(IUdp udp, long run)
    {
        for (int tries = 0; tries < MostTries; tries++)
        {
            Question asked = new(new StationMessage(run, StationMessage.Question));
            await udp.SendAsync(asked);
            await udp.ReceiveAsync(asked);
            if (asked.answer is { } answer)
            {
                return answer;
            }
        }

        throw new TimeoutException("The station at the cable's end does not answer.");
    }

    /// <inheritdoc/>
    public bool TryFill(Span<byte> datagram)
    {
        if (isSent)
        {
            return false;
        }

        datagram.Clear();
        question.Write(datagram);
        isSent = true;
        return true;
    }

    /// <inheritdoc/>
    public bool Take(ReadOnlySpan<byte> datagram)
    {
        if (
            StationMessage.TryRead(datagram, out StationMessage message)
            && message.Run == question.Run
            && message.Number == StationMessage.Question
        )
        {
            answer = message;
        }

        return answer is null;
    }
}
