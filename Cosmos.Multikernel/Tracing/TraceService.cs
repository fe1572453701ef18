using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Tracing;

/// <summary>
/// Hands an instance's recording to whoever collects the machine's trace. The client says with one byte whether it wants the
/// core's events as well; then the recording comes in pieces, and an empty message after the last.
/// </summary>
internal static class TraceService
{
    private const int Piece = 16 * 1024;

    /// <summary>Accepts and serves until the loop ends.</summary>
    public static async Task ServeAsync(TraceBuffer buffer)
    {
        while (true)
        {
            // Not awaited: each client is served on its own, its end is its affair.
            _ = ServeAsync(buffer, await Channel.AcceptAsync(TraceRecording.Service));
        }
    }

    /// <summary>Asks another instance for its recording.</summary>
    /// <exception cref="ChannelException">It has ended, or is not there.</exception>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public static async Task<byte[]> FetchAsync(
        int core,
        string instance,
        bool withCore,
        TimeSpan patience
    )
    {
        using Channel channel = await Channel.ConnectAsync(
            core,
            instance,
            new ChannelOptions { Service = TraceRecording.Service, ConnectTimeout = patience }
        );
        await channel.SendAsync(withCore);
        using MemoryStream recording = new();
        while (true)
        {
            ReadOnlyMemory<byte> piece = await channel.ReceiveAsync(patience);
            if (piece.IsEmpty)
            {
                return recording.ToArray();
            }
            recording.Write(piece.Span);
        }
    }

    private static async Task ServeAsync(TraceBuffer buffer, Channel channel)
    {
        using (channel)
        {
            try
            {
                bool withCore = await channel.ReceiveAsync<bool>();
                ReadOnlyMemory<byte> recording = buffer.Record(withCore).ToBytes();
                for (int at = 0; at < recording.Length; at += Piece)
                {
                    await channel.SendAsync(
                        recording.Slice(at, Math.Min(Piece, recording.Length - at))
                    );
                }
                await channel.SendAsync(ReadOnlyMemory<byte>.Empty);

                // The client closes the channel when it has all of it.
                await channel.ReceiveAsync();
            }
            catch (ChannelException)
            {
                // It has, or it died.
            }
        }
    }
}
