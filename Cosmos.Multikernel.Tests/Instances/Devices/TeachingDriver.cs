using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Devices;

/// <summary>A driver of two of QEMU's devices for teaching.</summary>
internal sealed class TeachingDriver : IDisposable
{
    private const int Rounds = 50;

    // Half of its own memory: QEMU's device ends the emulator when a transfer reaches that memory's end.
    private const int Length = 2048;

    // Where the device's own 4096 bytes are, as transfers see them.
    private const ulong Inside = 0x4_0000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DriverConnection connection;
    private PciDevice first = null!;
    private PciDevice second = null!;
    private TeachingRegisters registers = null!;

    private TeachingDriver(DriverConnection connection) => this.connection = connection;

    public static async Task<TeachingDriver> StartAsync() =>
        new(await DriverConnection.ConnectAsync(Patience));

    public void Dispose() => connection.Dispose();

    public async Task<string> ClaimAsync()
    {
        first = (await connection.ClaimAsync())!;
        second = (await connection.ClaimAsync())!;
        Expect.That(await connection.ClaimAsync() is null);
        Expect.Equal("1234:11e8", first.Record.Identity.ToString());
        Expect.Equal("1234:11e8", second.Record.Identity.ToString());
        Expect.That(first.Record.Address != second.Record.Address);
        Expect.Equal(DeviceState.Driven, first.Record.State);
        Expect.Equal(1ul << 20, first.Record.Bars[0].Length);
        return first.ToString();
    }

    public async Task<string> RegistersAsync()
    {
        registers = new TeachingRegisters(await first.OpenAsync(0));
        Expect.Equal(0xedu, registers.Identity & 0xff);
        registers.Complement = 0x1234_5678;
        Expect.Equal(~0x1234_5678u, registers.Complement);
        Expect.Throws<ArgumentOutOfRangeException>(() => registers.Window.Read32(1 << 20));
        return "";
    }

    /// <summary>What is not its own it cannot have.</summary>
    public async Task<string> OthersAsync()
    {
        using var desk = await Names.BindAsync<DriverDeskProxy>(
            DeviceManager.DriversName,
            Patience
        );
        var refused = 0;
        foreach (var number in new[] { 0, first.Record.Number, -1, int.MaxValue })
        {
            refused += await IsRefusedAsync(() => desk.TakeMemoryAsync(number, 0).AsTask());
            refused += await IsRefusedAsync(() => desk.ResetAsync(number).AsTask());
            refused += await IsRefusedAsync(() => desk.SetBusMasterAsync(number, true).AsTask());
            refused += await IsRefusedAsync(() => desk.ReadConfigurationAsync(number).AsTask());
        }

        // They are the first connection's, and no second device is a driver's twice.
        Expect.Equal(16, refused);
        return $"{refused} refused";
    }

    public async Task<string> LineAsync()
    {
        var other = new TeachingRegisters(await second.OpenAsync(0));
        using var interrupts = await second.BindLineAsync();
        Expect.Equal(PciInterruptKind.Line, interrupts.Kind);
        Expect.Equal(PciInterruptKind.Line, await ListedAsync(second));
        for (var round = 1u; round <= Rounds; round++)
        {
            other.Raise = round;
            do
            {
                await interrupts.WaitAsync();
                if (other.Causes == 0)
                {
                    // The line is shared.
                    interrupts.Acknowledge();
                }
            } while (other.Causes == 0);

            Expect.Equal(round, other.Causes);
            other.End = round;
            interrupts.Acknowledge();
        }

        return $"line {second.Record.Line}";
    }

    public async Task<string> MessagesAsync()
    {
        Expect.Equal(PciInterruptKind.None, await ListedAsync(first));
        var interrupts = await first.BindInterruptsAsync();
        Expect.Equal(PciInterruptKind.Msi, interrupts.Kind);
        Expect.Equal(PciInterruptKind.Msi, await ListedAsync(first));
        // A message is a write to memory: it too needs leave.
        await first.SetBusMasterAsync(true);
        for (var round = 1u; round <= Rounds; round++)
        {
            registers.Raise = round;
            await interrupts.WaitAsync();
            Expect.Equal(round, registers.Causes);
            registers.End = round;
        }

        interrupts.Dispose();
        return "";
    }

    public async Task<string> MemoryAsync()
    {
        using var frame = Frame.Allocate(8192);
        for (var i = 0; i < Length; i++)
        {
            frame.Span[i] = (byte)(i * 7);
        }

        await TransferAsync(frame.PhysicalAddress, Inside, TeachingTransfer.None);
        // Without leave nothing reaches memory.
        await first.SetBusMasterAsync(false);
        await TransferAsync(Inside, frame.PhysicalAddress + 4096, TeachingTransfer.ToMemory);
        Expect.That(!frame.Span.Slice(4096, Length).ContainsAnyExcept((byte)0));
        await first.SetBusMasterAsync(true);
        await TransferAsync(Inside, frame.PhysicalAddress + 4096, TeachingTransfer.ToMemory);
        Expect.That(frame.Span[..Length].SequenceEqual(frame.Span.Slice(4096, Length)));
        return "";
    }

    /// <summary>What the device manager tells everybody of a device's interrupts.</summary>
    private static async Task<PciInterruptKind> ListedAsync(PciDevice device)
    {
        using var list = await Names.BindAsync<DeviceListProxy>(DeviceManager.Name, Patience);
        return (await list.ListAsync())[device.Record.Number].Interrupts;
    }

    private async Task TransferAsync(ulong source, ulong destination, TeachingTransfer direction)
    {
        registers.Source = source;
        registers.Destination = destination;
        registers.Count = Length;
        registers.Transfer = TeachingTransfer.Begin | direction;
        for (var look = 0; registers.Transfer.HasFlag(TeachingTransfer.Begin); look++)
        {
            Expect.That(look < 1000);
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private static async Task<int> IsRefusedAsync(Func<Task> call)
    {
        try
        {
            await call();
            return 0;
        }
        catch (UnauthorizedAccessException)
        {
            return 1;
        }
    }
}
