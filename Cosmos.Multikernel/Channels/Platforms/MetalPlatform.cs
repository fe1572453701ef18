using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tracing;

namespace Cosmos.Multikernel.Channels.Platforms;

/// <summary>
/// A core of its own: offers, notifications and ends come from the CPU driver, through its system calls and a domain page.
/// </summary>
internal sealed unsafe class MetalPlatform : InstancePlatform
{
    // Two system calls and interrupts. A processor that a hypervisor lends is given back when it halts, and its host has other things to do
    // then: Linux polls as long before it halts as a guest ("Guest halt polling" in its documentation of virtual machines).
    private const long RealWakeCost = 20_000;
    private const long VirtualWakeCost = 200_000;

    private readonly uint pageNumber;
    private readonly DomainPageView page;

    private readonly double nanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    /// <summary>The platform of one of the two event loops that an instance can have.</summary>
    /// <param name="pageNumber">Which domain page that one sleeps on.</param>
    public MetalPlatform(uint pageNumber)
    {
        this.pageNumber = pageNumber;
        page = DomainPageView.OfInstance(pageNumber);
        TraceCapacity =
            pageNumber != DomainPage.Main || SystemCalls.ReadTrace(0, []) < 0
                ? 0
                : TraceBuffer.DefaultCapacity;
    }

    /// <inheritdoc/>
    public override int Core => Multikernel.Core.Current;

    /// <inheritdoc/>
    public override string Name => Instance.Name;

    /// <inheritdoc/>
    public override DeclaredMonitors Monitors { get; } =
        new(Machine.DeclaredInstances, Multikernel.Core.Count);

    /// <inheritdoc/>
    public override uint Life => Instance.Identity.Life;

    /// <inheritdoc/>
    public override uint EventCount => Volatile.Read(ref *page.EventCount);

    /// <inheritdoc/>
    public override uint PendingOffers => Volatile.Read(ref *page.PendingOffers);

    /// <inheritdoc/>
    public override CapabilityStore Capabilities { get; } = new MetalCapabilities();

    /// <inheritdoc/>
    public override long Now => (long)(Stopwatch.GetTimestamp() * nanosecondsPerTick);

    /// <inheritdoc/>
    public override long WakeCost =>
        // While the second loop polled, the thread whose call it answers could not go on.
        pageNumber != DomainPage.Main
            ? 0
        : IsVirtual ? VirtualWakeCost
        : RealWakeCost;

    // The bit that hypervisors set and processors never do (Intel SDM volume 2A, CPUID, leaf 1, ECX bit 31: not used, always 0).
    private static bool IsVirtual => (X86Base.CpuId(1, 0).Ecx & (1 << 31)) != 0;

    /// <inheritdoc/>
    public override int TraceCapacity { get; }

    /// <inheritdoc/>
    public override string MonitorService =>
        pageNumber == DomainPage.Main ? MonitorProxy.Service : CoreMonitor.AssistantService;

    /// <inheritdoc/>
    public override CoreTraceEvent[] ReadCoreTrace()
    {
        List<CoreTraceEvent> all = [];
        CoreTraceEvent[] some = new CoreTraceEvent[1024];
        long count;
        while ((count = SystemCalls.ReadTrace(all.Count, some)) > 0)
        {
            all.AddRange(some.AsSpan(0, (int)count));
        }
        return [.. all];
    }

    /// <inheritdoc/>
    public override ulong TakeRungChannels() => page.TakeRungChannels();

    /// <inheritdoc/>
    public override ulong TakeRungInterrupts() => page.TakeRungInterrupts();

    /// <inheritdoc/>
    public override void Sleep(uint seen, long nanoseconds) =>
        Futex.Wait(page.EventCount, seen, nanoseconds);

    /// <inheritdoc/>
    public override void Wake() => page.Signal();

    /// <inheritdoc/>
    public override ChannelBinding Connect(int core, string instance, uint slots)
    {
        ConnectRequest request = new()
        {
            Core = (uint)core,
            Slots = slots,
            Page = pageNumber,
        };
        if (Encoding.UTF8.GetByteCount(instance) >= InstanceName.Size)
        {
            throw new ChannelRefusedException(
                $"There is no instance '{instance}': the name is too long."
            );
        }
        Encoding.UTF8.GetBytes(instance, new Span<byte>(request.Name, InstanceName.Size));
        long handle = SystemCalls.Connect(ref request);
        if (handle < 0)
        {
            throw new ChannelRefusedException(
                $"No channel to instance '{instance}' on core {core}: the CPU driver answers with error {-handle}.",
                isAbsent: -handle == SystemCalls.NoEntry
            );
        }
        return new ChannelBinding(
            (int)handle,
            (nint)request.Address,
            slots,
            SideA: true,
            core,
            instance,
            PeerLife: 0
        );
    }

    /// <inheritdoc/>
    public override bool IsDeclared(int core, string instance) =>
        core < Multikernel.Core.Count
        && Machine.DeclaredInstances.Any(other => other.Core == core && other.Name == instance);

    /// <inheritdoc/>
    public override bool Permit(int handle, int core, string instance)
    {
        PermitRequest request = new() { Core = (uint)core };
        return Encoding.UTF8.GetByteCount(instance) < InstanceName.Size
            && Encoding.UTF8.GetBytes(instance, new Span<byte>(request.Name, InstanceName.Size))
                >= 0
            && SystemCalls.Invoke(
                MultikernelCall.Permit,
                handle,
                (nint)(&request),
                sizeof(PermitRequest)
            ) >= 0;
    }

    /// <inheritdoc/>
    public override StartVerdict Start(string instance)
    {
        // The CPU driver counts declarations as it lists them.
        int index = Machine
            .DeclaredInstances.Index()
            .Where(entry => entry.Item.Core == Core && entry.Item.Name == instance)
            .Select(entry => entry.Index)
            .FirstOrDefault(-1);
        return index < 0
            ? StartVerdict.NoInstance
            : SystemCalls.Start(index) switch
            {
                0 => StartVerdict.Started,
                -SystemCalls.Exists => StartVerdict.Running,
                -SystemCalls.TryAgain => StartVerdict.NotYet,
                -SystemCalls.NoEntry => StartVerdict.NoInstance,
                _ => StartVerdict.Failed,
            };
    }

    /// <inheritdoc/>
    public override bool TryAccept(out ChannelBinding binding)
    {
        long handle = SystemCalls.Accept(out AcceptResult accepted);
        if (handle < 0)
        {
            binding = default;
            return false;
        }
        binding = new ChannelBinding(
            (int)handle,
            (nint)accepted.Address,
            accepted.Slots,
            SideA: false,
            (int)accepted.Core,
            SystemCalls.NameToString(accepted.Name),
            accepted.Life
        );
        return true;
    }

    /// <inheritdoc/>
    public override void Notify(int handle) => _ = SystemCalls.Notify(handle);

    /// <inheritdoc/>
    public override void Close(int handle) => _ = SystemCalls.Close(handle);

    /// <summary>Nothing: the CPU driver takes everything back when the instance ends.</summary>
    protected override void Dispose(bool disposing) { }
}
