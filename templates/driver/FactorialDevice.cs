using Cosmos.Multikernel.Drivers.Devices;

namespace MyDriver;

/// <summary>The device, from which one factorial at a time can be had.</summary>
internal sealed class FactorialDevice : IFactorials, IDisposable
{
    private readonly FactorialRegisters _registers;
    private readonly PciInterrupts _interrupts;
    private readonly SemaphoreSlim _turn = new(1);

    private FactorialDevice(FactorialRegisters registers, PciInterrupts interrupts)
    {
        _registers = registers;
        _interrupts = interrupts;
    }

    public static async Task<FactorialDevice> OpenAsync(PciDevice device)
    {
        var registers = new FactorialRegisters(await device.OpenAsync(bar: 0));
        var interrupts = await device.BindInterruptsAsync();
        // An interrupt is a message that the device writes to memory: it needs leave for that.
        await device.SetBusMasterAsync(true);
        registers.Status = FactorialStatus.InterruptsWhenDone;
        return new(registers, interrupts);
    }

    public async ValueTask<uint> ComputeAsync(uint number)
    {
        // Calls of several clients are under way at once; the device does one thing at a time.
        await _turn.WaitAsync();
        try
        {
            _registers.Number = number;
            do
            {
                await _interrupts.WaitAsync();
                _registers.End = _registers.Causes;
                _interrupts.Acknowledge();
            } while (_registers.Status.HasFlag(FactorialStatus.Computing));

            return _registers.Number;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _interrupts.Dispose();
        _turn.Dispose();
    }
}
