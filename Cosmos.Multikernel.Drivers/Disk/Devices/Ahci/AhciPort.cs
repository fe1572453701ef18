using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;
using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ahci;

/// <summary>A port: its registers, its memory, and how it is reset, started and stopped. On the event loop.</summary>
/// <remarks>
/// What is waited for by a timer here announces itself in no other way (section 10 of Serial ATA AHCI 1.3.1 says how long). Whether a port
/// is stopped matters most: a stopped port touches no memory.
/// </remarks>
internal sealed class AhciPort(
    RegisterWindow window,
    int number,
    string name,
    AhciCapabilities capabilities
) : IAtaPort, IDisposable
{
    private const int AloneSlot = 0;
    private const int SlotsShift = 8;

    // Serial ATA 3.5, section 14: the lower 4 bits of the link's status and control.
    private const uint LinkMask = 0xF;
    private const uint LinkReset = 1;
    private const uint LinkNothing = 0;
    private const uint LinkUp = 3;

    private static readonly TimeSpan ResetTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan DetectLimit = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LinkLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AloneLimit = TimeSpan.FromSeconds(5);

    private readonly AhciPortRegisters registers = new(
        window,
        AhciPortRegisters.First + number * AhciPortRegisters.Distance
    );
    private readonly AhciMemory memory = new();
    private TaskCompletionSource? alone;

    /// <inheritdoc/>
    public string Name { get; set; } = name;

    /// <inheritdoc/>
    public bool HasDma => true;

    /// <inheritdoc/>
    public bool ReachesAllMemory => true;

    /// <inheritdoc/>
    public int QueueDepth => capabilities.HasFlag(AhciCapabilities.Queueing) ? Slots : 1;

    /// <summary>What the drive is.</summary>
    public bool HasPacketDevice => registers.Signature == AhciSignature.PacketDevice;

    /// <summary>Whether the port touches no memory.</summary>
    public bool IsStopped =>
        (registers.Command & (AhciPortCommand.IsRunning | AhciPortCommand.IsReceiving)) == 0;

    /// <summary>Whether it has been told to work, and nobody else has told it not to.</summary>
    public bool IsStarted => registers.Command.HasFlag(AhciPortCommand.Start);

    /// <summary>Whether there is a drive, and the link to it works.</summary>
    public bool HasLink => Link == LinkUp;

    /// <summary>How the drive says that the last command ended.</summary>
    public AtaOutcome Outcome
    {
        get
        {
            uint taskFile = registers.TaskFile;
            return new AtaOutcome((AtaStatus)taskFile, (AtaError)(taskFile >> 8));
        }
    }

    /// <summary>Slots with commands that are not completed.</summary>
    public uint Open => registers.Issued | registers.Active;

    private int Slots => (int)((uint)(capabilities & AhciCapabilities.Slots) >> SlotsShift) + 1;

    private uint Link => registers.SataStatus & LinkMask;

    private bool IsBusy => (Outcome.Status & (AtaStatus.Busy | AtaStatus.DataRequest)) != 0;

    /// <summary>
    /// Resets link and drive (COMRESET), after which the port knows of no command, and starts the port. False when there is no
    /// drive.
    /// </summary>
    /// <exception cref="AtaException">The port does not stop, or the drive does not get ready.</exception>
    public async Task<bool> ResetAsync()
    {
        await StopCommandsAsync();
        registers.ListLow = (uint)memory.List;
        registers.ListHigh = (uint)(memory.List >> 32);
        // Since the controller's reset it can have received nowhere but here.
        if (!registers.Command.HasFlag(AhciPortCommand.IsReceiving))
        {
            registers.ReceivedLow = (uint)memory.Received;
            registers.ReceivedHigh = (uint)(memory.Received >> 32);
        }
        // What the drive says until it is reset is received, and what it says of itself afterwards. QEMU 7.2's tells what it could not say
        // with what it says of another command later: that one's slot would be taken for completed.
        registers.Command |=
            AhciPortCommand.SpinUp | AhciPortCommand.PowerOn | AhciPortCommand.Receive;
        uint control = registers.SataControl & ~LinkMask;
        registers.SataControl = control | LinkReset;
        await EventLoop.Current.Delay(ResetTime);
        registers.SataControl = control;
        if (!await Waiting.ComesTrueAsync(() => Link != LinkNothing, DetectLimit))
        {
            await StopAsync();
            return false;
        }
        bool isReady =
            await Waiting.ComesTrueAsync(() => HasLink, LinkLimit)
            && await Waiting.ComesTrueAsync(ClearErrorsAndLook, ReadyLimit);
        if (!isReady)
        {
            await StopAsync();
            throw new AtaException(
                $"{Name}: the drive does not get ready (link 0x{registers.SataStatus:x}, status {Outcome.Status})."
            );
        }
        Start();
        return true;

        // Until the errors of the link's coming up are taken back, the drive's status is not shown (section 10.4.2).
        bool ClearErrorsAndLook()
        {
            registers.SataErrors = uint.MaxValue;
            return !IsBusy;
        }
    }

    /// <summary>Stops the port and starts it again, as it must be after a command has failed (section 6.2.2.1).</summary>
    /// <exception cref="AtaException">It does not stop, or the drive wants to be reset.</exception>
    public async Task RestartAsync()
    {
        registers.Command &= ~AhciPortCommand.Start;
        await StopsAsync(AhciPortCommand.IsRunning);
        if (IsBusy)
        {
            throw new AtaException($"{Name}: the drive is busy after an error");
        }
        Start();
    }

    /// <summary>Puts a command into a slot; <see cref="Issue"/> sends it.</summary>
    public void Fill(int slot, in AtaTask task, ulong address, int length) =>
        memory.Fill(slot, in task, address, length);

    /// <summary>How many bytes a slot's command has moved; unknown for queued ones.</summary>
    public int MovedBy(int slot) => memory.MovedBy(slot);

    /// <summary>Sends commands.</summary>
    /// <param name="slots">A bit for each.</param>
    /// <param name="areQueued">Whether they are queued ones.</param>
    public void Issue(uint slots, bool areQueued)
    {
        if (areQueued)
        {
            registers.Active = slots;
        }
        registers.Issued = slots;
    }

    /// <summary>Why the port interrupts; taken back.</summary>
    public AhciCauses TakeCauses()
    {
        AhciCauses causes = registers.Causes;
        registers.Causes = causes;
        if ((causes & AhciCauses.Link) != 0)
        {
            // These go with their causes (sections 3.3.5 and 3.3.12).
            registers.SataErrors = uint.MaxValue;
        }
        return causes;
    }

    /// <summary>Whether somebody waits for a command that is alone; it looks whether that has ended.</summary>
    public bool TellAlone(AhciCauses causes)
    {
        if (alone is null)
        {
            return false;
        }
        bool hasEnded =
            (Open & (1u << AloneSlot)) == 0
            || (causes & (AhciCauses.TaskFileError | AhciCauses.Fatal)) != 0;
        if (hasEnded)
        {
            alone.TrySetResult();
        }
        return true;
    }

    /// <inheritdoc/>
    public async Task<AtaOutcome> RunAsync(AtaTask task, Frame? into = null, int length = 0)
    {
        alone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        memory.Fill(AloneSlot, in task, into?.PhysicalAddress ?? 0, length);
        Issue(1u << AloneSlot, areQueued: false);
        bool hasEnded = await EventLoop.Current.CompletesAsync(alone.Task, AloneLimit);
        alone = null;
        if (!hasEnded)
        {
            throw new AtaException($"{Name} does not answer to {task.Command}.");
        }
        AtaOutcome outcome = Outcome;
        if (!outcome.IsGood)
        {
            await RestartAsync();
        }
        return outcome;
    }

    /// <summary>Tells the port to stop, and does not wait.</summary>
    public void Dispose()
    {
        registers.Enabled = AhciCauses.None;
        registers.Command &= ~(AhciPortCommand.Start | AhciPortCommand.Receive);
        memory.Dispose();
    }

    private void Start()
    {
        registers.SataErrors = uint.MaxValue;
        registers.Causes = (AhciCauses)uint.MaxValue;
        registers.Enabled = AhciCauses.All;
        registers.Command |= AhciPortCommand.Receive;
        registers.Command |= AhciPortCommand.Start;
    }

    private async Task StopCommandsAsync()
    {
        registers.Enabled = AhciCauses.None;
        registers.Command &= ~AhciPortCommand.Start;
        await StopsAsync(AhciPortCommand.IsRunning);
    }

    private async Task StopAsync()
    {
        await StopCommandsAsync();
        registers.Command &= ~AhciPortCommand.Receive;
        await StopsAsync(AhciPortCommand.IsReceiving);
    }

    private async Task StopsAsync(AhciPortCommand what)
    {
        if (!await Waiting.ComesTrueAsync(() => (registers.Command & what) == 0, StopLimit))
        {
            throw new AtaException($"{Name}: the port does not stop.");
        }
    }
}
