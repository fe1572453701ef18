using System.Buffers.Binary;
using System.Diagnostics;

namespace Cosmos.Multikernel.Bench.Io.Measurements;

/// <summary>Datagrams that go to a station and come back, until the time is over.</summary>
internal sealed class Exchange
{
    private const int NumberOffset = 0;
    private const int TimeOffset = 8;

    private readonly Round round = new();
    private readonly List<double> microseconds = new(1 << 16);
    private long sent;

    /// <summary>Whether more are to be sent.</summary>
    public bool IsOver => round.IsOver;

    /// <summary>Makes the next datagram.</summary>
    public void Fill(Span<byte> datagram)
    {
        BinaryPrimitives.WriteInt64LittleEndian(datagram[NumberOffset..], sent++);
        BinaryPrimitives.WriteInt64LittleEndian(datagram[TimeOffset..], Stopwatch.GetTimestamp());
    }

    /// <summary>One has come back.</summary>
    /// <exception cref="InvalidDataException">It is none that was sent.</exception>
    public void Take(ReadOnlySpan<byte> datagram)
    {
        long number = BinaryPrimitives.ReadInt64LittleEndian(datagram[NumberOffset..]);
        if (datagram.Length != Datagram.Bytes || number < 0 || number >= sent)
        {
            throw new InvalidDataException($"A datagram of {datagram.Length} bytes came back.");
        }

        long then = BinaryPrimitives.ReadInt64LittleEndian(datagram[TimeOffset..]);
        microseconds.Add(Stopwatch.GetElapsedTime(then).TotalMicroseconds);
    }

    /// <summary>How many came back a second.</summary>
    public double PerSecond(long count) => round.PerSecond(count);

    /// <summary>How long they were under way, microseconds.</summary>
    public double RoundTrip(double percentile)
    {
        microseconds.Sort();
        return microseconds[
            Math.Min(microseconds.Count - 1, (int)(microseconds.Count * percentile / 100))
        ];
    }
}
