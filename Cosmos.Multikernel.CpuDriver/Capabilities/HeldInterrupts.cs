using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>Interrupts as capabilities: binding them to notification bits of their domain.</summary>
internal static unsafe class HeldInterrupts
{
    private const int MaximumBits = 64;

    public static bool IsInterrupt(CapabilityType type) =>
        type is CapabilityType.InterruptLine or CapabilityType.InterruptMessages;

    /// <summary>Binds an interrupt: each rings its bit from now on.</summary>
    public static long Bind(Domain* domain, ulong handle, InterruptBinding* binding)
    {
        Capability* capability = CapabilityTable.Find(domain, handle);
        if (capability == null)
        {
            return -Errno.EBADF;
        }
        bool isLine = capability->Type == CapabilityType.InterruptLine;
        if (
            !IsInterrupt(capability->Type)
            || (isLine && capability->Length != 1)
            || binding->Trigger > LineTrigger.LowLevel
        )
        {
            return -Errno.EINVAL;
        }
        if (capability->Address != 0)
        {
            return -Errno.EEXIST;
        }
        uint count = (uint)capability->Length;
        int bit = TakeBits(domain, (int)count);
        if (bit < 0)
        {
            return -Errno.ENOSPC;
        }
        long bound = isLine
            ? BindLine(domain, capability, bit, binding->Trigger)
            : BindMessages(domain, capability, bit, binding);
        if (bound < 0)
        {
            GiveBits(domain, bit, (int)count);
            return bound;
        }
        // Interrupts have no frame: its ticket's place says which bits they have.
        capability->Object.Ticket = (uint)bit;
        binding->FirstBit = (uint)bit;
        binding->Count = count;
        return 0;
    }

    public static long Acknowledge(Domain* domain, ulong handle)
    {
        Capability* capability = CapabilityTable.Find(domain, handle);
        if (capability == null)
        {
            return -Errno.EBADF;
        }
        if (!IsInterrupt(capability->Type) || capability->Address == 0)
        {
            return -Errno.EINVAL;
        }
        if (capability->Type == CapabilityType.InterruptLine)
        {
            LineBindings.Acknowledge((uint)capability->Address - 1);
        }
        return 0;
    }

    /// <summary>Ends a binding, if there is one.</summary>
    public static void Unbind(Domain* domain, Capability* capability)
    {
        if (capability->Address == 0)
        {
            return;
        }
        uint place = (uint)capability->Address - 1;
        if (capability->Type == CapabilityType.InterruptLine)
        {
            LineBindings.Unbind(place);
        }
        else
        {
            MessageVectors.GiveBack(place, (uint)capability->Length);
        }
        GiveBits(domain, (int)capability->Object.Ticket, (int)capability->Length);
        capability->Address = 0;
        capability->Object.Ticket = 0;
    }

    private static long BindLine(
        Domain* domain,
        Capability* capability,
        int bit,
        LineTrigger trigger
    )
    {
        uint line = (uint)capability->Start;
        LineMode mode = trigger switch
        {
            LineTrigger.RisingEdge => LineMode.Edge,
            LineTrigger.FallingEdge => LineMode.ActiveLow,
            LineTrigger.HighLevel => LineMode.Level,
            LineTrigger.LowLevel => LineMode.Level | LineMode.ActiveLow,
            _ => IoApics.ModeOf(line),
        };
        uint number = LineBindings.Bind(domain, line, bit, mode);
        if (number == LineBindings.None)
        {
            return -Errno.ENOSPC;
        }
        capability->Address = number + 1;
        return 0;
    }

    private static long BindMessages(
        Domain* domain,
        Capability* capability,
        int bit,
        InterruptBinding* binding
    )
    {
        if (!MessageVectors.CanReach)
        {
            return -Errno.EHOSTUNREACH;
        }
        uint vector = MessageVectors.Take(domain, (uint)capability->Length, bit);
        if (vector == MessageVectors.None)
        {
            return -Errno.ENOSPC;
        }
        capability->Address = vector + 1;
        binding->MessageAddress = MessageVectors.Address;
        binding->MessageData = vector;
        return 0;
    }

    /// <summary>Takes the lowest run of so many unused notification bits of a domain: the first, or -1.</summary>
    public static int TakeBits(Domain* domain, int count)
    {
        CapabilityTable* table = CapabilityTable.Of(domain);
        for (int bit = 0; bit + count <= MaximumBits; bit++)
        {
            if ((table->InterruptBits & MaskOf(bit, count)) == 0)
            {
                table->InterruptBits |= MaskOf(bit, count);
                return bit;
            }
        }
        return -1;
    }

    public static void GiveBits(Domain* domain, int bit, int count) =>
        CapabilityTable.Of(domain)->InterruptBits &= ~MaskOf(bit, count);

    private static ulong MaskOf(int bit, int count) =>
        (count == MaximumBits ? ulong.MaxValue : (1ul << count) - 1) << bit;
}
