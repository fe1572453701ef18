using System.Runtime.InteropServices;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Tests.Simulation.Machines;

/// <summary>
/// Frames in the simulator. One that is sent arrives some time later, perhaps after the message that names it, and is freed when
/// its receiver crashes or closes without having claimed it.
/// </summary>
internal sealed class SimulatedCapabilities(SimulatedMachine machine, SimulatedInstance self)
    : LocalCapabilities
{
    public override long Claim(int channel, long number)
    {
        if (self.Platform.Find(channel) is not { } end)
        {
            return -CapabilityErrors.BadHandle;
        }
        var cargo = end.CargoTo(self);
        if (number >= cargo.Count || cargo[(int)number].IsClaimed)
        {
            return -CapabilityErrors.NoEntry;
        }
        var item = cargo[(int)number];
        if (!item.HasArrived)
        {
            return -CapabilityErrors.TryAgain;
        }
        item.IsClaimed = true;
        // There is room for another now.
        var peer = end.PeerOf(self);
        machine.Later(() => peer.Platform.Ring(end.HandleAt(peer)));
        return Enter(item.Frame, item.Offset, item.Length, item.Rights);
    }

    protected override LocalFrame Allocate(long length) => new SimulatedFrame(machine, length);

    protected override long Send(
        int channel,
        LocalFrame frame,
        ulong offset,
        long length,
        CapabilityRights rights
    )
    {
        if (self.Platform.Find(channel) is not { } end)
        {
            return -CapabilityErrors.BadHandle;
        }
        var peer = end.PeerOf(self);
        var cargo = end.CargoTo(peer);
        int firstUnclaimed = cargo.FindIndex(item => !item.IsClaimed);
        if (firstUnclaimed >= 0 && cargo.Count - firstUnclaimed >= CapabilityLimits.Window)
        {
            return -CapabilityErrors.TryAgain;
        }
        var item = new SimulatedCargo(frame, offset, length, rights);
        cargo.Add(item);
        machine.Trace(self, peer, $"sends frame {frame.Number:x}");
        machine.Later(() =>
        {
            item.HasArrived = true;
            end.DiscardIfGone(peer);
            peer.Platform.Ring(end.HandleAt(peer));
        });
        return cargo.Count - 1;
    }

    private sealed unsafe class SimulatedFrame : LocalFrame
    {
        private readonly SimulatedMachine machine;
        private readonly void* memory;

        public SimulatedFrame(SimulatedMachine machine, long length)
            : base(machine.Memory.NextAddress(), length)
        {
            this.machine = machine;
            memory = NativeMemory.AlignedAlloc((nuint)length, 4096);
            NativeMemory.Clear(memory, (nuint)length);
            machine.Memory.Add(Number, (nint)memory, length);
        }

        public override nint Map() => (nint)memory;

        public override void Unmap() { }

        public override void Free()
        {
            machine.Memory.Remove(Number);
            NativeMemory.AlignedFree(memory);
        }
    }
}

/// <summary>A frame on its way through a simulated channel.</summary>
internal sealed record SimulatedCargo(
    LocalFrame Frame,
    ulong Offset,
    long Length,
    CapabilityRights Rights
)
{
    public bool HasArrived { get; set; }

    public bool IsClaimed { get; set; }
}
