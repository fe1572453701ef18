using System.Buffers;
using System.Numerics;
using Cosmos.Multikernel.Drivers.Network.Wire;

namespace Cosmos.Multikernel.Drivers.Network.Stack;

/// <summary>Puts datagrams that came in fragments together again (RFC 791, RFC 815, RFC 1122 3.3.2).</summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>What is kept is bounded: so many datagrams, each for so long; the oldest makes room for a new one.</item>
/// <item>A fragment that repeats another byte for byte is passed over. One that overlaps another otherwise takes the whole
/// datagram with it, as RFC 5722 has it for IPv6: overlaps are made by attackers only.</item>
/// </list>
/// </remarks>
internal sealed class Reassembly(NetworkStack stack) : ITimedPart
{
    public const int MostDatagrams = 16;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<Partial> partials = [];

    public TimeSpan Due => partials.Count == 0 ? TimeSpan.MaxValue : partials[0].Started + Patience;

    /// <summary>Datagrams that have come in part.</summary>
    public int Count => partials.Count;

    /// <summary>Takes a fragment.</summary>
    /// <param name="fragment">Its header and payload.</param>
    /// <param name="whole">The datagram that it completes; to be given back by <see cref="Release"/>.</param>
    /// <returns>Whether it completes one.</returns>
    public bool Add(in Ipv4Header fragment, out Partial whole)
    {
        Key key = new(
            fragment.Source,
            fragment.Destination,
            fragment.Identification,
            fragment.Protocol
        );
        Partial? partial = partials.Find(candidate => candidate.Key == key);
        if (partial is null)
        {
            if (partials.Count == MostDatagrams)
            {
                stack.Counters.Drop(DropReason.FragmentsNoRoom);
                Remove(partials[0]);
            }
            partial = new Partial(key, stack.Now);
            partials.Add(partial);
        }
        whole = partial;
        if (!partial.TryAdd(fragment))
        {
            stack.Counters.Drop(DropReason.FragmentOverlap);
            Remove(partial);
            return false;
        }
        if (!partial.IsWhole)
        {
            return false;
        }
        partials.Remove(partial);
        return true;
    }

    /// <summary>A datagram was handled.</summary>
    public static void Release(Partial partial) => partial.Release();

    /// <inheritdoc/>
    public void RunDue(TimeSpan now)
    {
        while (now >= Due)
        {
            Partial late = partials[0];
            stack.Counters.Drop(DropReason.FragmentsTimedOut);
            if (late.HasBeginning)
            {
                // Only about those whose first fragment came (RFC 792): it says to which port the datagram was.
                stack.Icmp.SendError(
                    IcmpHeader.TimeExceeded,
                    IcmpHeader.ReassemblyTimeExceeded,
                    late.Quote
                );
            }
            Remove(late);
        }
    }

    private void Remove(Partial partial)
    {
        partials.Remove(partial);
        partial.Release();
    }

    /// <summary>What the fragments of one datagram have in common.</summary>
    internal readonly record struct Key(
        Ipv4Address Source,
        Ipv4Address Destination,
        ushort Identification,
        byte Protocol
    );

    /// <summary>A datagram, as far as it has come.</summary>
    internal sealed class Partial(Key key, TimeSpan started)
    {
        private const int Unit = 8;
        private const int Units = (Ipv4Header.MaximumTotal + Unit) / Unit;
        private const int QuoteSize = 60 + Unit;

        // One bit for each eight bytes that have come.
        private readonly ulong[] map = new ulong[Units / 64 + 1];
        private readonly byte[] quote = new byte[QuoteSize];
        private byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        private int quoteLength;
        private int unitsCome;
        private int length = -1;
        private int end;

        public Key Key { get; } = key;

        public TimeSpan Started { get; } = started;

        public bool HasBeginning => quoteLength != 0;

        /// <summary>The first fragment's header and eight bytes more.</summary>
        public ReadOnlySpan<byte> Quote => quote.AsSpan(0, quoteLength);

        public bool IsWhole => length >= 0 && unitsCome == (length + Unit - 1) / Unit;

        public ReadOnlySpan<byte> Payload => buffer.AsSpan(0, length);

        /// <summary>Adds a fragment; false when it contradicts what has come before.</summary>
        public bool TryAdd(in Ipv4Header fragment)
        {
            int offset = fragment.FragmentOffset;
            ReadOnlySpan<byte> payload = fragment.Payload;
            int upTo = offset + payload.Length;
            if (!fragment.HasMoreFragments)
            {
                if ((length >= 0 && length != upTo) || end > upTo)
                {
                    return false;
                }
                length = upTo;
            }
            else if (length >= 0 && upTo > length)
            {
                return false;
            }
            end = Math.Max(end, upTo);
            int first = offset / Unit;
            int count = (payload.Length + Unit - 1) / Unit;
            int come = Count(first, count);
            if (come != 0)
            {
                return come == count
                    && buffer.AsSpan(offset, payload.Length).SequenceEqual(payload);
            }
            Grow(upTo);
            payload.CopyTo(buffer.AsSpan(offset));
            for (int unit = first; unit < first + count; unit++)
            {
                map[unit / 64] |= 1UL << (unit % 64);
            }
            unitsCome += count;
            if (offset == 0)
            {
                TakeQuote(fragment);
            }
            return true;
        }

        public void Release()
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }

        private int Count(int first, int count)
        {
            int come = 0;
            for (int unit = first; unit < first + count; )
            {
                if (unit % 64 == 0 && unit + 64 <= first + count)
                {
                    come += BitOperations.PopCount(map[unit / 64]);
                    unit += 64;
                    continue;
                }
                come += (map[unit / 64] & (1UL << (unit % 64))) != 0 ? 1 : 0;
                unit++;
            }
            return come;
        }

        private void Grow(int size)
        {
            if (size <= buffer.Length)
            {
                return;
            }
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, buffer.Length * 2));
            buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        private void TakeQuote(in Ipv4Header fragment)
        {
            ReadOnlySpan<byte> beginning = fragment.Payload[
                ..Math.Min(Unit, fragment.Payload.Length)
            ];
            fragment.Header.CopyTo(quote);
            beginning.CopyTo(quote.AsSpan(fragment.Header.Length));
            quoteLength = fragment.Header.Length + beginning.Length;
        }
    }
}
