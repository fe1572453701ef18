using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>A device whose registers, memory accesses and interrupts a test plays.</summary>
internal sealed class PretendPciDevice(
    DeviceRecord record,
    byte[] configuration,
    Func<int, RegisterWindow> registers,
    PretendInterrupts interrupts
) : PciDevice(null!, record, configuration)
{
    /// <summary>Whether it may reach memory.</summary>
    public bool IsBusMaster { get; private set; }

    public override ValueTask<RegisterWindow> OpenAsync(int bar) => new(registers(bar));

    public override ValueTask<PciInterrupts> BindInterruptsAsync(int wanted = 1) => new(interrupts);

    public override ValueTask<PciInterrupts> BindLineAsync(int index = 0) =>
        new(new PretendLine(interrupts, index));

    public override ValueTask SetBusMasterAsync(bool on)
    {
        IsBusMaster = on;
        return ValueTask.CompletedTask;
    }

    public override ValueTask<bool> ResetAsync() => new(false);
}

/// <summary>Interrupt messages that a test sends.</summary>
internal sealed class PretendInterrupts(int count) : PciInterrupts
{
    private readonly TaskCompletionSource?[] waiting = new TaskCompletionSource?[count];
    private readonly bool[] rung = new bool[count];

    public override PciInterruptKind Kind => PciInterruptKind.MsiX;

    public override int Count => count;

    /// <summary>The device sends one; those that come before the last was taken are one.</summary>
    public void Ring(int message)
    {
        if (waiting[message] is { } waiter)
        {
            waiting[message] = null;
            waiter.TrySetResult();
        }
        else
        {
            rung[message] = true;
        }
    }

    /// <summary>Whoever waited is no more.</summary>
    public void Forget()
    {
        Array.Clear(waiting);
        Array.Clear(rung);
    }

    public override async ValueTask WaitAsync(
        int message = 0,
        CancellationToken cancellation = default
    )
    {
        cancellation.ThrowIfCancellationRequested();
        if (rung[message])
        {
            rung[message] = false;
            return;
        }
        if (waiting[message] is not null)
        {
            throw new InvalidOperationException($"Somebody else waits for message {message}.");
        }
        TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[message] = waiter;
        using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
            (_, token) =>
            {
                if (waiter.TrySetCanceled(token))
                {
                    waiting[message] = null;
                }
            },
            null
        );
        await waiter.Task;
    }

    public override void Acknowledge() { }

    protected override void Stop() { }
}

/// <summary>One of several, as a line of its own.</summary>
internal sealed class PretendLine(PretendInterrupts interrupts, int index) : PciInterrupts
{
    public override PciInterruptKind Kind => PciInterruptKind.Line;

    public override int Count => 1;

    public override ValueTask WaitAsync(
        int message = 0,
        CancellationToken cancellation = default
    ) => interrupts.WaitAsync(index, cancellation);

    public override void Acknowledge() { }

    protected override void Stop() { }
}
