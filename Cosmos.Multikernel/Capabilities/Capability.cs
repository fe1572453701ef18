using System.Runtime.InteropServices;
using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Capabilities;

/// <summary>
/// Something this instance may touch beyond its own memory: a frame, a device's registers, ports, an interrupt. The CPU driver
/// checks every use. Disposing gives it up; so does the collector, in the end.
/// </summary>
/// <remarks>
/// Sending a capability through a channel moves it: this object is closed, and whatever it had mapped is gone at once. An
/// access through an old pointer or span then faults, as it must.
/// </remarks>
public abstract class Capability : SafeHandle
{
    private protected Capability(CapabilityStore store, long number)
        : base(0, ownsHandle: true)
    {
        Store = store;
        SetHandle((nint)number);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle is 0 or -1;

    /// <summary>What it is.</summary>
    public CapabilityType Type => Describe().Type;

    /// <summary>What may be done.</summary>
    public CapabilityRights Rights => Describe().Rights;

    /// <summary>Where it is kept.</summary>
    internal CapabilityStore Store { get; }

    /// <summary>Its number in the store.</summary>
    /// <exception cref="ObjectDisposedException">It was given up or sent away.</exception>
    internal long Number
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed || IsInvalid, this);
            return handle;
        }
    }

    /// <summary>It is somebody else's now: nothing is left to give up.</summary>
    internal void MarkMoved()
    {
        OnMoved();
        SetHandleAsInvalid();
    }

    /// <summary>The object for a capability that the store holds.</summary>
    /// <exception cref="NoSuchCapabilityException">There is none.</exception>
    internal static Capability Adopt(CapabilityStore store, long number)
    {
        CapabilityErrors.Check(store.Identify(number, out var description), "look at a capability");
        return description.Type switch
        {
            CapabilityType.Frame => new Frame(store, number, in description),
            CapabilityType.DeviceMemory => new DeviceMemory(store, number, in description),
            CapabilityType.PortRange => new PortRange(store, number, in description),
            CapabilityType.InterruptLine or CapabilityType.InterruptMessages => new Interrupt(
                store,
                number,
                in description
            ),
            CapabilityType.Devices => new Devices(store, number),
            CapabilityType.ConsoleStream => new ConsoleStream(store, number),
            _ => throw new NoSuchCapabilityException(
                $"A capability of type {description.Type} has no class here.",
                CapabilityErrors.Invalid
            ),
        };
    }

    private protected CapabilityDescription Describe()
    {
        CapabilityErrors.Check(Store.Identify(Number, out var description), "look at a capability");
        return description;
    }

    /// <summary>Called when the capability leaves, before anybody else has it.</summary>
    private protected virtual void OnMoved() { }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Store.Delete(handle) >= 0;
}
