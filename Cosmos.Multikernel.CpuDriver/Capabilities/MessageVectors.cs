using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>This core's vectors for message-signalled interrupts, and whose they are.</summary>
internal static unsafe class MessageVectors
{
    public const uint None = 0;

    // A message's address and data (Intel SDM volume 3A, section 11.11): fixed delivery, edge, to one APIC.
    private const ulong MessageAddress = 0xfee0_0000;
    private const int DestinationShift = 12;

    private struct Holders
    {
        public fixed ulong Owners[256];
        public fixed byte Bits[256];
    }

    private static Holders s_holders;

    /// <summary>The first vector that no line has.</summary>
    public static uint First { get; set; }

    /// <summary>Takes adjacent vectors, aligned as devices with several messages want them.</summary>
    /// <param name="count">A power of two.</param>
    /// <returns>The first, or <see cref="None"/>.</returns>
    public static uint Take(Domain* domain, uint count, int firstBit)
    {
        for (
            uint first = (First + count - 1) & ~(count - 1);
            first + count <= Vector.DeviceEnd;
            first += count
        )
        {
            bool free = true;
            for (uint i = 0; i < count; i++)
            {
                free &= s_holders.Owners[first + i] == 0;
            }
            if (!free)
            {
                continue;
            }
            for (uint i = 0; i < count; i++)
            {
                s_holders.Owners[first + i] = (ulong)domain;
                s_holders.Bits[first + i] = (byte)(firstBit + (int)i);
            }
            return first;
        }
        return None;
    }

    public static void GiveBack(uint first, uint count)
    {
        for (uint i = 0; i < count; i++)
        {
            s_holders.Owners[first + i] = 0;
        }
    }

    /// <summary>Where a device must write for its interrupts to come to this core.</summary>
    public static ulong Address => MessageAddress | ((ulong)ThisCore.ApicId << DestinationShift);

    /// <summary>Whether a message can reach this core: its address has 8 bits for the APIC.</summary>
    public static bool CanReach => ThisCore.ApicId < 256;

    /// <summary>A message came; false when nobody holds its vector.</summary>
    public static bool OnInterrupt(uint vector)
    {
        Domain* owner = (Domain*)s_holders.Owners[vector];
        if (owner == null)
        {
            return false;
        }
        DomainEndpoints.NotifyInterrupt(owner, s_holders.Bits[vector]);
        return true;
    }
}
