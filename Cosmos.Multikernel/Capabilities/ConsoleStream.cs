using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Capabilities;

/// <summary>
/// What all cores show on the console, and what is typed there. Its holder, a console driver, shows the one on a screen and feeds
/// the other with a keyboard; the serial line goes on beside it. On the event loop.
/// </summary>
public sealed class ConsoleStream : Capability
{
    // The link to the console core is full: it has room again soon, but nobody says when.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(2);

    private NotificationBit? arrived;

    internal ConsoleStream(CapabilityStore store, long number)
        : base(store, number) { }

    /// <summary>
    /// Takes the console over: text comes from here on, first what is kept of the last (64 KB), and the terminal has the size
    /// given. Until then, and when this is disposed of, the CPU driver shows the text itself.
    /// </summary>
    /// <exception cref="CapabilityInUseException">Another instance of this core has it.</exception>
    public void Bind(int columns, int rows)
    {
        ConsoleBinding binding = new() { Columns = (uint)columns, Rows = (uint)rows };
        CapabilityErrors.Check(
            Store.BindConsole(Number, ref binding),
            $"take the console over with {columns} columns and {rows} rows"
        );
        arrived = NotificationBit.Open((int)binding.Bit, "console's text");
    }

    /// <summary>Waits until there is text.</summary>
    public ValueTask WaitAsync(CancellationToken cancellation = default) =>
        (arrived ?? throw new InvalidOperationException("The console is not bound.")).WaitAsync(
            Timeout.InfiniteTimeSpan,
            cancellation
        );

    /// <summary>Takes text.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="isKept">It was shown before this took over: questions in it were answered then, or never.</param>
    /// <returns>How many bytes there were; 0: wait.</returns>
    public unsafe int Read(Span<byte> text, out bool isKept)
    {
        fixed (byte* bytes = text)
        {
            long count = CapabilityErrors.Check(
                Store.ReadConsole(Number, bytes, text.Length),
                "read the console's text"
            );
            isKept = (count & ConsoleBinding.IsKept) != 0;
            return (int)(count & ~ConsoleBinding.IsKept);
        }
    }

    /// <summary>Types: the console's instance gets the bytes as if they came over the serial line.</summary>
    public async ValueTask TypeAsync(ReadOnlyMemory<byte> keys)
    {
        while (!keys.IsEmpty)
        {
            int taken = TryType(keys.Span);
            keys = keys[taken..];
            if (taken == 0)
            {
                await EventLoop.Current.Delay(LookAgain);
            }
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        arrived?.Close();
        return base.ReleaseHandle();
    }

    private protected override void OnMoved() => arrived?.Close();

    private unsafe int TryType(ReadOnlySpan<byte> keys)
    {
        fixed (byte* bytes = keys)
        {
            long taken = Store.TypeConsole(Number, bytes, keys.Length);
            return taken == -CapabilityErrors.TryAgain
                ? 0
                : (int)CapabilityErrors.Check(taken, "type on the console");
        }
    }
}
