using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Tests.Host.Messages;

/// <summary>Frames as parameters, results and items: whoever gets one owns it.</summary>
[MessageInterface(Service = "frames")]
public interface IFrames
{
    /// <summary>Adds to each byte and sends the frame back.</summary>
    ValueTask<Frame> AddAsync(Frame frame, byte value);

    /// <summary>Counts the bytes of a value; the frame comes back however many there are.</summary>
    ValueTask<(int Count, Frame Frame)> CountAsync(Frame frame, byte value);

    /// <summary>Keeps both.</summary>
    ValueTask<int> KeepAsync(int before, Frame first, string between, Frame second);

    /// <summary>Throws after it has got the frame.</summary>
    ValueTask RefuseAsync(Frame frame);

    /// <summary>Returns a frame that cannot be sent: it has a copy.</summary>
    ValueTask<Frame> CopiedAsync();

    [OneWay]
    ValueTask DropAsync(Frame frame);

    IAsyncEnumerable<Frame> ManyAsync(int count);
}
