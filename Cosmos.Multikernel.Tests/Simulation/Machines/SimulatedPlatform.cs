using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Channels.Platforms;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel.Tests.Simulation.Machines;

/// <summary>The system below one simulated instance: its domain page and its calls, in virtual time.</summary>
internal sealed class SimulatedPlatform(SimulatedMachine machine, SimulatedInstance self)
    : InstancePlatform
{
    private readonly Dictionary<int, SimulatedChannel> channels = [];
    private readonly Queue<SimulatedChannel> offers = new();
    private readonly List<(int Core, string Name)> permits = [];
    private bool isAsleep;
    private uint events;
    private ulong rung;
    private int nextHandle;
    private long sleepNumber;

    public bool IsAsleep
    {
        get => isAsleep;
        private set
        {
            isAsleep = value;
            if (!value)
            {
                machine.Awake(self);
            }
        }
    }

    public IEnumerable<SimulatedChannel> Channels => channels.Values.Concat(offers);

    public override int Core => self.Core;

    public override string Name => self.Name;

    public override DeclaredMonitors Monitors => machine.Monitors;

    public override uint Life => self.Life;

    public override uint MonitorSlots => machine.MonitorSlots;

    public override uint EventCount => events;

    public override uint PendingOffers => (uint)offers.Count;

    public override CapabilityStore Capabilities => OwnCapabilities;

    /// <summary>The frames this instance holds.</summary>
    public SimulatedCapabilities OwnCapabilities { get; } = new(machine, self);

    public override long Now => machine.Now;

    public override int TraceCapacity => machine.TraceCapacity;

    /// <summary>No polling: a look is a turn, and turns are what the simulator interleaves.</summary>
    public override long WakeCost => 0;

    public override ulong TakeRungChannels()
    {
        ulong taken = rung;
        rung = 0;
        return taken;
    }

    /// <summary>Returns at once, as a real one may; the machine gives no turns until something happens.</summary>
    public override void Sleep(uint seen, long nanoseconds)
    {
        if (seen != events)
        {
            return;
        }
        IsAsleep = true;
        long number = ++sleepNumber;
        if (nanoseconds >= 0)
        {
            machine.After(
                nanoseconds,
                () =>
                {
                    if (sleepNumber == number)
                    {
                        IsAsleep = false;
                    }
                }
            );
        }
    }

    public override void Wake()
    {
        events++;
        IsAsleep = false;
    }

    public override ChannelBinding Connect(int core, string instance, uint slots)
    {
        if (!MayConnect(core, instance))
        {
            machine.Unpermitted++;
            throw new ChannelRefusedException(
                $"'{self.Name}' may not connect to '{instance}' on core {core}.",
                isAbsent: false
            );
        }
        SimulatedInstance? peer = machine.Find(core, instance);
        if (peer is null)
        {
            throw new ChannelRefusedException($"There is no instance '{instance}' on core {core}.");
        }
        if (machine.LacksMemory())
        {
            throw new ChannelRefusedException(
                $"No memory for a channel to instance '{instance}' on core {core}.",
                isAbsent: false
            );
        }
        SimulatedChannel channel = machine.AddChannel(self, peer, slots);
        channel.HandleA = nextHandle++;
        channels.Add(channel.HandleA, channel);
        machine.Trace(self, peer, "offers a channel");
        machine.Later(() => machine.ArriveOffer(channel));
        return new ChannelBinding(
            channel.HandleA,
            channel.Memory,
            slots,
            SideA: true,
            core,
            instance,
            PeerLife: 0
        );
    }

    public override bool IsDeclared(int core, string instance) =>
        machine.IsDeclared(core, instance);

    /// <summary>As the CPU driver does: the instance at the other end may connect, once.</summary>
    public override bool Permit(int handle, int core, string instance)
    {
        channels[handle].PeerOf(self).Platform.permits.Add((core, instance));
        return true;
    }

    public override StartVerdict Start(string instance) => machine.StartAgain(Core, instance);

    public override bool TryAccept(out ChannelBinding binding)
    {
        if (!offers.TryDequeue(out SimulatedChannel? channel))
        {
            binding = default;
            return false;
        }
        channel.HandleB = nextHandle++;
        channels.Add(channel.HandleB, channel);
        machine.Accept(channel);
        binding = new ChannelBinding(
            channel.HandleB,
            channel.Memory,
            channel.Slots,
            SideA: false,
            channel.A.Core,
            channel.A.Name,
            channel.A.Life
        );
        return true;
    }

    public override void Notify(int handle) => machine.Notify(channels[handle], self);

    public override void Close(int handle)
    {
        if (channels.Remove(handle, out SimulatedChannel? channel))
        {
            machine.Close(channel, self);
        }
    }

    /// <summary>The channel of a handle, or null.</summary>
    public SimulatedChannel? Find(int handle) => channels.GetValueOrDefault(handle);

    /// <summary>A notification arrives; one without a handle only counts as an event.</summary>
    public void Ring(int handle)
    {
        if (handle >= 0)
        {
            rung |= 1UL << (handle & 63);
        }
        Wake();
    }

    public void Offer(SimulatedChannel channel)
    {
        offers.Enqueue(channel);
        Wake();
    }

    protected override void Dispose(bool disposing) { }

    // The rule of the CPU driver: monitors to anybody, all to their own core's monitor, else by a permission.
    private bool MayConnect(int core, string instance) =>
        Monitors.On(Core) is null
        || Monitors.Contains(Core, Name)
        || (core == Core && Monitors.Contains(core, instance))
        || permits.Remove((core, instance));
}
