using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>Who on this core is told of which interrupt lines: any number of instances for a line, as devices share lines.</summary>
internal static unsafe class LineBindings
{
    public const uint None = uint.MaxValue;

    private struct Binding
    {
        public Domain* Owner;
        public ushort Line;
        public byte Bit;
        public bool Unacknowledged;
    }

    /// <summary>What this core wants of a line, and what the core that has it knows of that.</summary>
    private struct Wish
    {
        public ushort Bindings;
        public ushort Unacknowledged;
        public LineMode Mode;
        public bool IsKnown;
        public bool MustSubscribe;
        public bool MustAcknowledge;
    }

    private const uint MaximumBindings = 256;

    private static Binding* s_bindings;
    private static Wish* s_wishes;
    private static bool s_pending;

    public static bool TryStart()
    {
        ulong bindings = Frames.AllocateZeroed();
        ulong wishes = Frames.AllocateZeroed();
        s_bindings = (Binding*)DirectMap.At(bindings);
        s_wishes = (Wish*)DirectMap.At(wishes);
        return bindings != FrameAllocator.None && wishes != FrameAllocator.None;
    }

    /// <summary>Binds a line to a bit of a domain.</summary>
    /// <returns>The binding's number, or <see cref="None"/> when this core has as many as it can.</returns>
    public static uint Bind(Domain* domain, uint line, int bit, LineMode mode)
    {
        for (uint number = 0; number < MaximumBindings; number++)
        {
            Binding* binding = s_bindings + number;
            if (binding->Owner != null)
            {
                continue;
            }
            binding->Owner = domain;
            binding->Line = (ushort)line;
            binding->Bit = (byte)bit;
            binding->Unacknowledged = false;
            Wish* wish = s_wishes + line;
            wish->Mode = wish->Bindings++ == 0 ? mode : wish->Mode;
            // Also when the line is open already: the answer tells the new one of what came before it was bound.
            wish->MustSubscribe = true;
            Tell();
            return number;
        }
        return None;
    }

    public static void Unbind(uint number)
    {
        Binding* binding = s_bindings + number;
        Acknowledge(number);
        s_wishes[binding->Line].Bindings--;
        *binding = default;
        Tell();
    }

    /// <summary>One has served its device; when all on this core have, the core that has the lines hears it.</summary>
    public static void Acknowledge(uint number)
    {
        Binding* binding = s_bindings + number;
        if (!binding->Unacknowledged)
        {
            return;
        }
        binding->Unacknowledged = false;
        Wish* wish = s_wishes + binding->Line;
        if (--wish->Unacknowledged == 0)
        {
            wish->MustAcknowledge = true;
            Tell();
        }
    }

    /// <summary>A line interrupted.</summary>
    public static void OnRaised(uint line)
    {
        Wish* wish = s_wishes + line;
        if (wish->Bindings == 0)
        {
            wish->MustAcknowledge = true;
            Tell();
            return;
        }
        for (uint number = 0; number < MaximumBindings; number++)
        {
            Binding* binding = s_bindings + number;
            if (binding->Owner == null || binding->Line != line)
            {
                continue;
            }
            wish->Unacknowledged += binding->Unacknowledged ? (ushort)0 : (ushort)1;
            binding->Unacknowledged = true;
            DomainEndpoints.NotifyInterrupt(binding->Owner, binding->Bit);
        }
    }

    public static void SendPending()
    {
        if (!s_pending)
        {
            return;
        }
        s_pending = false;
        for (uint line = 0; line < DeviceInterrupts.LineCount; line++)
        {
            Wish* wish = s_wishes + line;
            bool isWanted = wish->Bindings != 0;
            if (isWanted ? wish->MustSubscribe : wish->IsKnown)
            {
                if (!TrySend(line, isWanted ? LineVerb.Subscribe : LineVerb.Unsubscribe))
                {
                    return;
                }
                wish->IsKnown = isWanted;
                wish->MustSubscribe = false;
            }
            if (wish->MustAcknowledge)
            {
                if (!TrySend(line, LineVerb.Acknowledge))
                {
                    return;
                }
                wish->MustAcknowledge = false;
            }
        }
    }

    private static void Tell()
    {
        s_pending = true;
        SendPending();
    }

    private static bool TrySend(uint line, LineVerb verb)
    {
        LineNews news = default;
        news.Kind = LinkMessageKind.Line;
        news.Line = line;
        news.Verb = verb;
        news.Mode = s_wishes[line].Mode;
        if (DeviceInterrupts.HasLines)
        {
            Lines.OnNews(ThisCore.Index, &news);
            return true;
        }
        bool sent = Links.TrySendShort(
            DeviceInterrupts.LineCore,
            (byte*)&news,
            (uint)sizeof(LineNews)
        );
        s_pending |= !sent;
        return sent;
    }
}
