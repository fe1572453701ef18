using System.Diagnostics;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Pci;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>A driver as the device manager sees it: the devices that it has claimed, for as long as its channel lives.</summary>
internal sealed class DriverSession(DeviceManager manager, string instance, int core) : IDriverDesk
{
    // How long a driver waits for devices of its former life, which are being taken back.
    private static readonly TimeSpan TakingBack = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    // What a device that cannot be reset had sent to memory before it was silenced has arrived after this.
    private static readonly TimeSpan Arrival = TimeSpan.FromMilliseconds(100);

    private readonly HashSet<int> claimed = [];

    private DeviceTable Table => manager.Table;

    /// <summary>Takes the devices back: all are silenced, and reset where they can be. Then none touches memory any more.</summary>
    public async ValueTask TakeBackAsync()
    {
        foreach (int device in claimed)
        {
            manager.ControlOf(device).Silence();
        }
        bool areReset = true;
        foreach (int device in claimed)
        {
            areReset &= await manager.ControlOf(device).ResetAsync(DelayAsync);
        }
        if (!areReset)
        {
            await DelayAsync(Arrival);
        }
        foreach (int device in claimed)
        {
            Table.Release(device);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<DeviceRecord> ClaimAsync()
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            if (Table.Claim(instance, core) is { } number)
            {
                claimed.Add(number);
                manager.ReadLengths(number);
                manager.ControlOf(number).Open();
                return Table[number];
            }
            // An instance has one life at a time: what others of its name have, they have no more.
            bool comesBack = Table.CountOf(instance, core) > claimed.Count;
            if (!comesBack || Stopwatch.GetElapsedTime(begin) > TakingBack)
            {
                return default(DeviceRecord) with { Number = -1 };
            }
            await DelayAsync(LookAgain);
        }
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadConfigurationAsync(int device)
    {
        PciFunction function = FunctionOf(device);
        byte[] space = new byte[manager.Space.SpaceSize];
        for (int at = 0; at < space.Length; at += sizeof(uint))
        {
            BitConverter.TryWriteBytes(
                space.AsSpan(at),
                manager.Space.Read32(function.Address, at)
            );
        }
        return new(space);
    }

    /// <inheritdoc/>
    public ValueTask<DeviceMemory> TakeMemoryAsync(int device, int bar)
    {
        PciBar register = BarOf(device, bar, PciBarKind.Memory);
        return new(manager.Devices.MintMemory(register.Address, (long)register.Length));
    }

    /// <inheritdoc/>
    public ValueTask<PortRange> TakePortsAsync(int device, int bar)
    {
        PciBar register = BarOf(device, bar, PciBarKind.Ports);
        return new(manager.Devices.MintPorts((ushort)register.Address, (int)register.Length));
    }

    /// <inheritdoc/>
    public ValueTask<Interrupt> TakeLineAsync(int device, int index)
    {
        PciFunction function = FunctionOf(device);
        int line = Table.LineOf(device, index);
        if (line < 0)
        {
            throw new InvalidOperationException(
                $"{function.Address}: its interrupt line {index} is not known."
            );
        }
        Interrupt interrupt = manager.Devices.MintLine(line);
        Table.SetInterrupts(device, PciInterruptKind.Line);
        return new(interrupt);
    }

    /// <inheritdoc/>
    public ValueTask<Interrupt> TakeMessagesAsync(int device, int count)
    {
        PciMessages messages = MessagesOf(device);
        return count >= 1 && count <= messages.Count
            ? new(manager.Devices.MintMessages(count))
            : throw new ArgumentException(
                $"{FunctionOf(device).Address} has {messages.Count} messages, not {count}."
            );
    }

    /// <inheritdoc/>
    public ValueTask EnableMessagesAsync(
        int device,
        PciInterruptKind kind,
        ulong address,
        uint data,
        int count
    )
    {
        PciMessages messages = MessagesOf(device);
        if (kind != messages.Kind)
        {
            throw new ArgumentException(
                $"{FunctionOf(device).Address} has {messages.Kind}, not {kind}."
            );
        }
        if (kind == PciInterruptKind.MsiX)
        {
            manager.ControlOf(device).EnableMsiX(messages);
        }
        else
        {
            manager.ControlOf(device).EnableMsi(messages, address, data, count);
        }
        Table.SetInterrupts(device, kind);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask SetBusMasterAsync(int device, bool on)
    {
        FunctionOf(device);
        manager.ControlOf(device).SetBusMaster(on);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ResetAsync(int device)
    {
        FunctionOf(device);
        // A reset ends its interrupts as well.
        Table.SetInterrupts(device, PciInterruptKind.None);
        return await manager.ControlOf(device).ResetAsync(DelayAsync);
    }

    private PciFunction FunctionOf(int device) =>
        claimed.Contains(device)
            ? Table.FunctionOf(device)
            : throw new UnauthorizedAccessException(
                $"Device {device} is not one of {instance}'s on core {core}."
            );

    private PciMessages MessagesOf(int device)
    {
        PciFunction function = FunctionOf(device);
        return PciMessages.Find(
                function.Capabilities,
                function.Bars,
                offset => manager.Space.Read32(function.Address, offset)
            ) ?? throw new InvalidOperationException($"{function.Address} sends no messages.");
    }

    private PciBar BarOf(int device, int index, PciBarKind kind)
    {
        PciFunction function = FunctionOf(device);
        PciBar bar = index is >= 0 and < PciBars.Count ? function.Bars[index] : default;
        return bar.Kind == kind && bar.Address != 0
            ? bar
            : throw new ArgumentException(
                $"{function.Address}: behind base address register {index} is no {kind} ({bar})."
            );
    }

    private static Task DelayAsync(TimeSpan time) => EventLoop.Current.Delay(time).AsTask();
}
