using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Nvme;

/// <summary>
/// An NVMe controller: reset, the admin queue, and interrupts. What is done with namespaces is <see cref="NvmeDiskQueue"/>'s. On the event
/// loop.
/// </summary>
/// <remarks>
/// One interrupt serves both queue pairs: there is one core to serve them, and looking at a ring costs less than telling interrupts
/// apart. Only becoming ready is waited for by a timer, for the hardware announces that in no other way.
/// </remarks>
internal sealed class NvmeController : IDisposable
{
    /// <summary>Bytes of a page of memory, as the controller is told.</summary>
    public const int PageSize = 4096;

    private const int AdminEntries = 16;
    private const int InterruptNumber = 0;

    private static readonly TimeSpan AdminLimit = TimeSpan.FromSeconds(5);

    // More than controllers say that they take (section 5.17.2.1, RTD3 Entry Latency), and less than a user waits for.
    private static readonly TimeSpan ShutDownLimit = TimeSpan.FromSeconds(5);

    private readonly PciDevice device;
    private readonly NvmeRegisters registers;
    private readonly RegisterWindow window;
    private readonly NvmeCapabilities capabilities;
    private readonly NvmeQueuePair admin;
    private readonly TaskCompletionSource<NvmeCompletion>?[] asked =
        new TaskCompletionSource<NvmeCompletion>?[AdminEntries - 1];
    private readonly CancellationTokenSource stopping = new();
    private PciInterrupts interrupts = null!;
    private bool isOff;

    private NvmeController(PciDevice device, RegisterWindow window)
    {
        this.device = device;
        this.window = window;
        registers = new NvmeRegisters(window);
        capabilities = registers.Capabilities;
        if (State == NvmeState.Absent)
        {
            throw new NvmeException($"{device} does not answer.");
        }
        bool canBeDriven =
            capabilities.HasNvmCommands()
            && capabilities.SmallestPage() <= PageSize
            && capabilities.MostEntries() >= AdminEntries;
        if (!canBeDriven)
        {
            throw new NvmeException(
                $"{device} has no NVM commands, no pages of {PageSize} bytes or no queues of {AdminEntries} entries (capabilities 0x{(ulong)capabilities:x})."
            );
        }
        admin = new NvmeQueuePair(window, capabilities.DoorbellStride(), 0, AdminEntries);
    }

    /// <summary>Serves the queue for namespaces, once there is one; true when it has left some for the next turn.</summary>
    public Func<bool> TakeCompletions { get; set; } = static () => false;

    /// <summary>Ends when the controller cannot be served any more.</summary>
    public Task Serving { get; private set; } = Task.CompletedTask;

    /// <summary>How it interrupts.</summary>
    public PciInterruptKind InterruptKind => interrupts.Kind;

    /// <summary>Interrupts arrived so far.</summary>
    public long Interrupts { get; private set; }

    /// <summary>Major version in the upper 16 bits, minor in the next 8.</summary>
    public uint Version => registers.Version;

    /// <summary>How it is.</summary>
    public NvmeState State => registers.State;

    /// <summary>Whether it was told that the power is about to go: then it takes no commands before it is reset.</summary>
    public bool IsShutDown { get; private set; }

    /// <summary>Whether it is switched on, as its driver has left it.</summary>
    public bool IsEnabled => registers.Configuration.HasFlag(NvmeConfiguration.Enabled);

    /// <summary>Most entries of a queue.</summary>
    public int MostEntries => capabilities.MostEntries();

    /// <summary>Bytes of the smallest page that it could be told.</summary>
    public int SmallestPage => capabilities.SmallestPage();

    /// <summary>Starts a controller; its interrupts are served from now on.</summary>
    /// <exception cref="NvmeException">It is not as it should be.</exception>
    public static async Task<NvmeController> OpenAsync(PciDevice device)
    {
        NvmeController controller = new(device, await device.OpenAsync(bar: 0));
        try
        {
            controller.interrupts = await device.BindInterruptsAsync();
            await device.SetBusMasterAsync(true);
            await controller.ResetAsync();
            controller.Serving = controller.ServeAsync();
            return controller;
        }
        catch
        {
            controller.Dispose();
            throw;
        }
    }

    /// <summary>A queue pair of this controller's; <see cref="CreateQueuesAsync"/> tells it where that is.</summary>
    public NvmeQueuePair MakeQueuePair(int number, int entries) =>
        new(window, capabilities.DoorbellStride(), number, entries);

    /// <summary>
    /// Switches the controller off, by which it forgets everything and touches memory no more, and on again with an empty admin
    /// queue.
    /// </summary>
    /// <exception cref="NvmeException">It does not come back.</exception>
    public async Task ResetAsync()
    {
        isOff = true;
        IsShutDown = false;
        registers.Configuration = NvmeConfiguration.None;
        await WaitUntilAsync(isReady: false);
        foreach (TaskCompletionSource<NvmeCompletion>? asker in asked)
        {
            asker?.TrySetException(new NvmeException($"{device} was reset meanwhile."));
        }
        Array.Clear(asked);
        admin.Clear();
        registers.AdminSizes = ((AdminEntries - 1) << 16) | (AdminEntries - 1);
        registers.AdminSubmission = admin.SubmissionAt;
        registers.AdminCompletion = admin.CompletionAt;
        isOff = false;
        registers.Configuration = NvmeConfiguration.EntrySizes | NvmeConfiguration.Enabled;
        await WaitUntilAsync(isReady: true);
    }

    /// <summary>Tells the controller of a queue pair (sections 5.4 and 5.5).</summary>
    /// <exception cref="NvmeException">It does not take it.</exception>
    public async Task CreateQueuesAsync(NvmeQueuePair pair)
    {
        const uint Contiguous = 1 << 0;
        const uint WithInterrupts = 1 << 1;
        uint which = (uint)((pair.Entries - 1) << 16 | pair.Number);
        await RunAsync(
            new NvmeCommand
            {
                Opcode = (byte)NvmeAdminOpcode.CreateCompletionQueue,
                Data = pair.CompletionAt,
                Dword10 = which,
                Dword11 = (InterruptNumber << 16) | WithInterrupts | Contiguous,
            }
        );
        await RunAsync(
            new NvmeCommand
            {
                Opcode = (byte)NvmeAdminOpcode.CreateSubmissionQueue,
                Data = pair.SubmissionAt,
                Dword10 = which,
                Dword11 = (uint)(pair.Number << 16) | Contiguous,
            }
        );
    }

    /// <summary>Has an admin command done; returns dword 0 of its completion.</summary>
    /// <exception cref="NvmeException">It failed, or was not answered in time.</exception>
    public async Task<uint> RunAsync(NvmeCommand command)
    {
        int slot = Array.IndexOf(asked, null);
        if (slot < 0)
        {
            throw new NvmeException($"{device} has {asked.Length} admin commands to answer.");
        }
        TaskCompletionSource<NvmeCompletion> asker = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        asked[slot] = asker;
        command.Identifier = (ushort)slot;
        admin.Add(in command);
        admin.Publish();
        // One that comes too late keeps its slot: the controller may still use it, until it is reset.
        if (!await EventLoop.Current.CompletesAsync(asker.Task, AdminLimit))
        {
            throw new NvmeException(
                $"{device} does not answer to {(NvmeAdminOpcode)command.Opcode}."
            );
        }
        NvmeCompletion completion = await asker.Task;
        return completion.Status == NvmeStatus.Success
            ? completion.Result
            : throw new NvmeException(
                $"{device} answers to {(NvmeAdminOpcode)command.Opcode} with status 0x{(int)completion.Status:x}."
            );
    }

    /// <summary>
    /// Tells it that the power is about to go, and waits until it is ready for that. It takes no commands any more before it is reset.
    /// </summary>
    /// <exception cref="NvmeException">It does not get ready.</exception>
    public async Task ShutDownAsync()
    {
        IsShutDown = true;
        registers.Configuration |= NvmeConfiguration.ShutDown;
        bool isDone = await Waiting.ComesTrueAsync(
            () => State == NvmeState.Absent || State.HasFlag(NvmeState.ShutDown),
            ShutDownLimit
        );
        if (!isDone || State == NvmeState.Absent)
        {
            throw new NvmeException($"{device} does not shut down (status 0x{(uint)State:x}).");
        }
    }

    /// <summary>Keeps it from memory.</summary>
    public ValueTask IsolateAsync() => device.SetBusMasterAsync(false);

    /// <summary>Switches the controller off.</summary>
    public void Dispose()
    {
        stopping.Cancel();
        registers.Configuration = NvmeConfiguration.None;
        interrupts?.Dispose();
        admin.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            TakeAdminCompletions();
            while (TakeCompletions())
            {
                await Task.Yield();
            }
            interrupts.Acknowledge();
            await interrupts.WaitAsync(InterruptNumber, stopping.Token);
            Interrupts++;
        }
    }

    private void TakeAdminCompletions()
    {
        while (!isOff && admin.TryTake(out NvmeCompletion completion))
        {
            int slot = completion.Identifier;
            // What it says of commands that nobody has given is of no use, and does no harm.
            if (slot < asked.Length && asked[slot] is { } asker)
            {
                asked[slot] = null;
                asker.TrySetResult(completion);
            }
        }
        if (!isOff)
        {
            admin.Release();
        }
    }

    private async Task WaitUntilAsync(bool isReady)
    {
        NvmeState state = default;
        bool isSo = await Waiting.ComesTrueAsync(HasComeTrue, capabilities.ReadyLimit());
        if (state == NvmeState.Absent)
        {
            throw new NvmeException($"{device} is not there any more.");
        }
        if (!isSo || state.HasFlag(NvmeState.Ready) != isReady)
        {
            throw new NvmeException(
                $"{device} does not {(isReady ? "become ready" : "come to rest")} (status 0x{(uint)state:x})."
            );
        }

        // Or will not any more.
        bool HasComeTrue()
        {
            state = State;
            return state == NvmeState.Absent
                || state.HasFlag(NvmeState.Ready) == isReady
                || (isReady && state.HasFlag(NvmeState.Fatal));
        }
    }
}
