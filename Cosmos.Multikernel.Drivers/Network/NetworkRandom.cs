namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>Numbers that nobody on the network can guess: identifiers and ports are made of them.</summary>
public abstract class NetworkRandom
{
    /// <summary>Random numbers from the system.</summary>
    public static NetworkRandom System { get; } = new SystemRandom();

    /// <summary>Any of 2^32 numbers.</summary>
    public abstract uint Next();

    /// <summary>A number from 0 on.</summary>
    /// <param name="below">One more than the greatest; at least 1.</param>
    public int Next(int below) => (int)(((ulong)Next() * (uint)below) >> 32);

    /// <summary>16 bits.</summary>
    public ushort NextUInt16() => (ushort)Next();

    /// <summary>
    /// A new Guid is 122 bits straight from the system's generator; System.Random could be predicted from what was seen of
    /// it, and RandomNumberGenerator needs OpenSSL, which no instance has.
    /// </summary>
    private sealed class SystemRandom : NetworkRandom
    {
        public override uint Next()
        {
            Span<byte> bytes = stackalloc byte[16];
            Guid.NewGuid().TryWriteBytes(bytes);
            // The first four bytes are random altogether; version and variant lie further on.
            return BitConverter.ToUInt32(bytes);
        }
    }
}
