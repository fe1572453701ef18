using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Cli.Benchmarks.Station;

/// <summary>
/// What a datagram between a program that measures the network and the station at the end of its cable begins with. One source, compiled
/// for both.
/// </summary>
/// <param name="Run">Tells one measurement from others.</param>
/// <param name="Number">Which datagram of it, from 0; or <see cref="Question"/>, which also the answers have.</param>
/// <param name="Count">Asking the station to send: how many a second, or 0 to hear how many it has sent. Its answer: how many it has sent or counted.</param>
/// <param name="Nanoseconds">Asking the station to send: for how long. Its answer: the time from the first to the last.</param>
public readonly record struct StationMessage(
    long Run,
    long Number,
    long Count = 0,
    long Nanoseconds = 0
)
{
    /// <summary>Bytes that it takes.</summary>
    public const int Size = 32;

    /// <summary>Datagrams come back (RFC 862).</summary>
    public const int EchoPort = 7;

    /// <summary>Datagrams are counted and thrown away (RFC 863); who asks is told how many.</summary>
    public const int CountPort = 9;

    /// <summary>Who asks is sent datagrams (RFC 864).</summary>
    public const int StreamPort = 19;

    /// <summary>A number that no datagram has: this one asks.</summary>
    public const long Question = -1;

    /// <summary>Datagrams a second between the first and the last of those that were counted.</summary>
    public double PerSecond => PerSecondOf(Count, Nanoseconds);

    /// <summary>So many in so long a time, from the first to the last: a second's share.</summary>
    public static double PerSecondOf(long count, double nanoseconds) =>
        count < 2 || nanoseconds <= 0 ? 0 : (count - 1) * 1e9 / nanoseconds;

    /// <summary>Reads one; false when the datagram is too short.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out StationMessage message) =>
        MemoryMarshal.TryRead(datagram, out message);

    /// <summary>Writes it where a datagram begins.</summary>
    public void Write(Span<byte> datagram) => MemoryMarshal.Write(datagram, this);
}
