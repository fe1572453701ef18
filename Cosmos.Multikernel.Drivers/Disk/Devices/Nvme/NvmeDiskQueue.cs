using System.Buffers.Binary;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Nvme;

/// <summary>The queue pair for a controller's namespaces. A request's tag is its command's identifier.</summary>
internal sealed class NvmeDiskQueue : DiskQueue, IDisposable
{
    /// <summary>Bytes that a request may have: the list of its pages then has room in half a page.</summary>
    public const int MostBytes = 1 << 20;

    private const int PairNumber = 1;
    private const int MostRequests = 64;

    // One request of the most bytes begins within a page and goes on in as many others as it has.
    private const int ListBytes = MostBytes / NvmeController.PageSize * sizeof(ulong);

    // NVM Command Set Specification 1.0, section 3.2.6.
    private const uint ForceUnitAccess = 1u << 30;

    // NVM Express Base Specification 2.0, section 5.1: the command was not given up.
    private const uint NotAborted = 1;

    // So many requests, then others on the loop have their turn.
    private const int Budget = 256;

    private readonly NvmeController controller;
    private readonly NvmeQueuePair pair;
    private readonly Frame lists;
    private readonly Dictionary<int, NvmeNamespace> namespaces = [];
    private bool abortsAreVain;
    private bool isResetting;

    public NvmeDiskQueue(NvmeController controller, string name, TimeSpan? limit)
        : base(name, Math.Min(MostRequests, controller.MostEntries - 1), limit)
    {
        this.controller = controller;
        pair = controller.MakeQueuePair(PairNumber, Depth + 1);
        lists = Frame.Allocate(Depth * ListBytes);
        controller.TakeCompletions = TakeCompletions;
    }

    /// <summary>Tells the controller of the queue.</summary>
    public Task StartAsync() => controller.CreateQueuesAsync(pair);

    /// <summary>Requests for a unit of this number are for the namespace.</summary>
    public void Add(int unit, NvmeNamespace added) => namespaces.Add(unit, added);

    /// <summary>Gives the memory back; the controller must have been stopped.</summary>
    public void Dispose()
    {
        pair.Dispose();
        lists.Dispose();
    }

    /// <inheritdoc/>
    protected override void Submit(int tag, in DiskRequest request)
    {
        if (request.Operation == DiskOperation.Park)
        {
            _ = ParkAsync(tag);
            return;
        }
        if (controller.IsShutDown)
        {
            // It is sent again when the controller takes commands again.
            _ = RecoverAsync("it is wanted after it was shut down");
            return;
        }
        NvmeNamespace target = namespaces[request.Unit];
        NvmeCommand command = new() { Identifier = (ushort)tag, Namespace = target.Identifier };
        if (request.Operation == DiskOperation.Flush)
        {
            command.Opcode = (byte)NvmeOpcode.Flush;
        }
        else
        {
            NvmeOpcode opcode =
                request.Operation == DiskOperation.Read ? NvmeOpcode.Read : NvmeOpcode.Write;
            command.Opcode = (byte)opcode;
            command.FirstBlock = (ulong)request.Block;
            command.Dword12 =
                (uint)(request.Length / target.Geometry.BlockSize - 1)
                | (request.ForceUnitAccess ? ForceUnitAccess : 0);
            DescribeMemory(tag, ref command, in request);
        }
        pair.Add(in command);
    }

    /// <inheritdoc/>
    protected override void Publish() => pair.Publish();

    /// <inheritdoc/>
    protected override async ValueTask ResetAsync()
    {
        abortsAreVain = false;
        isResetting = true;
        await controller.ResetAsync();
        pair.Clear();
        isResetting = false;
        await controller.CreateQueuesAsync(pair);
    }

    /// <inheritdoc/>
    protected override ValueTask IsolateAsync() => controller.IsolateAsync();

    /// <inheritdoc/>
    protected override bool WasReset() => !controller.IsEnabled;

    /// <inheritdoc/>
    protected override string? FindTrouble()
    {
        NvmeState state = controller.State;
        return state == NvmeState.Absent ? "it does not answer"
            : state.HasFlag(NvmeState.Fatal) ? "it says that it has failed"
            : null;
    }

    /// <inheritdoc/>
    protected override async ValueTask AbortAsync(int tag)
    {
        if (abortsAreVain)
        {
            return;
        }
        try
        {
            uint result = await controller.RunAsync(
                new NvmeCommand
                {
                    Opcode = (byte)NvmeAdminOpcode.Abort,
                    Dword10 = (uint)(tag << 16 | pair.Number),
                }
            );
            abortsAreVain = (result & NotAborted) != 0;
        }
        catch (NvmeException)
        {
            abortsAreVain = true;
        }
    }

    // The controller is shut down once for all its namespaces.
    private async Task ParkAsync(int tag)
    {
        BlockError error = BlockError.None;
        try
        {
            if (!controller.IsShutDown)
            {
                await controller.ShutDownAsync();
            }
        }
        catch (NvmeException exception)
        {
            Report($"{Name}: {exception.Message}");
            error = BlockError.DeviceError;
        }
        // A reset meanwhile sends it again, or ends it.
        if (IsUnderWay(tag) && RequestOf(tag).Operation == DiskOperation.Park)
        {
            Complete(tag, error);
        }
    }

    // Section 4.1.1: up to two pages are named in the command itself, of more all but the first are in a list.
    private void DescribeMemory(int tag, ref NvmeCommand command, in DiskRequest request)
    {
        const ulong WithinPage = NvmeController.PageSize - 1;
        ulong address = request.Address;
        ulong second = (address & ~WithinPage) + NvmeController.PageSize;
        ulong end = address + (uint)request.Length;
        command.Data = address;
        if (end <= second)
        {
            return;
        }
        if (end <= second + NvmeController.PageSize)
        {
            command.MoreData = second;
            return;
        }
        Span<byte> list = lists.Span.Slice(tag * ListBytes, ListBytes);
        for (ulong page = second; page < end; page += NvmeController.PageSize)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(list, page);
            list = list[sizeof(ulong)..];
        }
        command.MoreData = lists.PhysicalAddress + (uint)(tag * ListBytes);
    }

    private bool TakeCompletions()
    {
        // A queue that the controller has forgotten is not looked at, and has no doorbell.
        if (isResetting)
        {
            return false;
        }
        int count = 0;
        int unknown = -1;
        while (unknown < 0 && count < Budget && pair.TryTake(out NvmeCompletion completion))
        {
            count++;
            int tag = completion.Identifier;
            if (IsUnderWay(tag))
            {
                Complete(tag, ErrorOf(RequestOf(tag).Operation, completion.Status));
            }
            else
            {
                unknown = tag;
            }
        }
        pair.Release();
        if (unknown >= 0)
        {
            _ = RecoverAsync($"it has completed request {unknown}, which nobody has made");
        }
        return count == Budget;
    }

    private static BlockError ErrorOf(DiskOperation operation, NvmeStatus status) =>
        status switch
        {
            NvmeStatus.Success => BlockError.None,
            NvmeStatus.AbortRequested => BlockError.TimedOut,
            NvmeStatus.WriteProtected => BlockError.WriteProtected,
            NvmeStatus.OutOfRange => BlockError.OutOfRange,
            NvmeStatus.WriteFault
            or NvmeStatus.UnrecoveredReadError
            or NvmeStatus.GuardCheckError
            or NvmeStatus.ApplicationTagError
            or NvmeStatus.ReferenceTagError
            or NvmeStatus.DeallocatedBlock when operation != DiskOperation.Flush =>
                BlockError.MediaError,
            _ => BlockError.DeviceError,
        };
}
