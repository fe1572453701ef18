using System.Threading.Channels;
using Cosmos.Multikernel;

namespace Shell.Terminal;

/// <summary>
/// The console's input, read on a thread of its own because reading blocks, handed to the event loop as keys.
/// </summary>
internal sealed class ConsoleInput
{
    private readonly Channel<Key> keys = Channel.CreateUnbounded<Key>();

    /// <summary>What Ctrl+C does at the moment; null when it is an ordinary key. Used on the event loop only.</summary>
    public Action? Interrupted { get; set; }

    /// <summary>Begins to read.</summary>
    public void Start(EventLoop loop)
    {
        var thread = new Thread(() => Read(loop)) { IsBackground = true, Name = "console input" };
        thread.Start();
    }

    /// <summary>The next key; <see cref="KeyKind.EndOfInput"/> when there will be none.</summary>
    public async Task<Key> ReadKeyAsync() =>
        await keys.Reader.WaitToReadAsync() && keys.Reader.TryRead(out var key)
            ? key
            : new Key(KeyKind.EndOfInput);

    private void Read(EventLoop loop)
    {
        RawInput.Enter();
        var decoder = new KeyDecoder();
        var bytes = new byte[64];
        for (var count = RawInput.Read(bytes); count > 0; count = RawInput.Read(bytes))
        {
            foreach (var value in bytes.AsSpan(0, count))
            {
                if (decoder.Take(value) is { } key)
                {
                    loop.Post(() => Deliver(key));
                }
            }
        }

        loop.Post(() => keys.Writer.TryComplete());
    }

    private void Deliver(Key key)
    {
        if (key.Kind == KeyKind.Interrupt && Interrupted is { } interrupt)
        {
            interrupt();
            return;
        }

        keys.Writer.TryWrite(key);
    }
}
