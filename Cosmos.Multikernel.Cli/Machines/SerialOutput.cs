using System.Text;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>
/// Everything a machine has said on its serial line so far. One writer appends; any number of readers wait for text
/// from a position of their own, so that reading one part never takes it away from another reader.
/// </summary>
public sealed class SerialOutput
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private TaskCompletionSource _changed = NewSignal();
    private bool _hasEnded;

    /// <summary>Called with each new piece of text, in order, on the reader's thread.</summary>
    public event Action<string>? Appended;

    /// <summary>The number of characters so far.</summary>
    public int Length
    {
        get
        {
            lock (_lock)
            {
                return _text.Length;
            }
        }
    }

    /// <summary>The machine is gone: no more text will come.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _hasEnded;
            }
        }
    }

    /// <summary>The text from a position on.</summary>
    public string From(int start)
    {
        lock (_lock)
        {
            return _text.ToString(start, _text.Length - start);
        }
    }

    /// <summary>The last lines, for a report of what went wrong.</summary>
    public string Tail(int lines)
    {
        var all = From(0).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return string.Join('\n', all.TakeLast(lines));
    }

    /// <summary>Waits until there is text beyond <paramref name="position"/>; false when the machine ended without more.</summary>
    public async Task<bool> WaitForMoreAsync(int position, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_text.Length > position)
                {
                    return true;
                }

                if (_hasEnded)
                {
                    return false;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The complete lines from a position on, as they come, until the machine ends.</summary>
    public async IAsyncEnumerable<string> LinesAsync(
        int position,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var rest = "";
        while (await WaitForMoreAsync(position, cancellation).ConfigureAwait(false))
        {
            var more = From(position);
            position += more.Length;
            var lines = (rest + more).Split('\n');
            rest = lines[^1];
            foreach (var line in lines.AsSpan(0, lines.Length - 1).ToArray())
            {
                yield return line.TrimEnd('\r');
            }
        }

        if (rest.Length > 0)
        {
            yield return rest;
        }
    }

    internal void Append(string text)
    {
        TaskCompletionSource signal;
        lock (_lock)
        {
            _text.Append(text);
            (signal, _changed) = (_changed, NewSignal());
        }

        Appended?.Invoke(text);
        signal.SetResult();
    }

    internal void End()
    {
        TaskCompletionSource signal;
        lock (_lock)
        {
            _hasEnded = true;
            (signal, _changed) = (_changed, NewSignal());
        }

        signal.SetResult();
    }

    // A reader's continuation must not run on the thread that pumps the line, nor under our lock.
    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
