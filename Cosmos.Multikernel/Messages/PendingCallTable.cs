namespace Cosmos.Multikernel.Messages;

/// <summary>
/// The calls that wait for replies, by number. The low bits of a number are a place in the table, the high bits count how
/// often the place was used: finding a call is a look at one place, and a late reply to a call that was given up finds
/// another number there.
/// </summary>
internal sealed class PendingCallTable
{
    private const int PlaceBits = 20;
    private const uint PlaceMask = (1 << PlaceBits) - 1;

    private readonly Stack<uint> free = new();
    private PendingCall?[] calls = new PendingCall?[8];
    private uint[] next = new uint[8];
    private uint used;

    /// <summary>Numbers a call and keeps it.</summary>
    /// <exception cref="InvalidOperationException">About a million calls wait.</exception>
    public void Add(PendingCall call)
    {
        if (!free.TryPop(out uint place))
        {
            place = used;
            if (place == calls.Length)
            {
                Grow();
            }
            used++;
        }
        call.Number = next[place] | place;
        next[place] += 1u << PlaceBits;
        calls[place] = call;
    }

    /// <summary>The call with this number, if it waits.</summary>
    public PendingCall? Find(uint number)
    {
        uint place = number & PlaceMask;
        PendingCall?[] all = calls;
        return place < (uint)all.Length && all[place] is { } call && call.Number == number
            ? call
            : null;
    }

    /// <summary>The call with this number, if it waits; it does not any more.</summary>
    public PendingCall? Remove(uint number)
    {
        PendingCall? call = Find(number);
        if (call is not null)
        {
            uint place = number & PlaceMask;
            calls[place] = null;
            free.Push(place);
        }
        return call;
    }

    /// <summary>All that wait; none does any more.</summary>
    public PendingCall[] TakeAll()
    {
        PendingCall[] all = [.. calls.OfType<PendingCall>()];
        foreach (PendingCall call in all)
        {
            Remove(call.Number);
        }
        return all;
    }

    private void Grow()
    {
        if (calls.Length > PlaceMask)
        {
            throw new InvalidOperationException(
                $"{calls.Length} calls of this client wait for replies: no more can be numbered."
            );
        }
        Array.Resize(ref calls, calls.Length * 2);
        Array.Resize(ref next, next.Length * 2);
    }
}
