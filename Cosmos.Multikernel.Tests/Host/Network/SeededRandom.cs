using Cosmos.Multikernel.Drivers.Network;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>The same numbers each time.</summary>
internal sealed class SeededRandom(int seed) : NetworkRandom
{
    private readonly Random random = new(seed);

    public override uint Next() => (uint)random.NextInt64(1L << 32);
}
