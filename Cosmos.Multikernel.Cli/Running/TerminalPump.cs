using System.Text;
using Cosmos.Multikernel.Cli.Machines;

namespace Cosmos.Multikernel.Cli.Running;

/// <summary>
/// Carries bytes between this process's standard streams and a machine's serial line. A terminal is put in raw mode, so
/// that the machine gets every key; Ctrl+A X ends the machine, as it does in QEMU.
/// </summary>
internal sealed class TerminalPump(VirtualMachine machine)
{
    private const byte Escape = 1; // Ctrl+A

    private bool _isEscaped;
    private volatile bool _endedByUser;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var terminal = machine.ReadsInput ? RawTerminal.Enter() : RawTerminal.Leave();
        // Reading a terminal cannot be cancelled, so it gets a thread that ends with the process.
        var input = new Thread(() => PumpInput(terminal.IsRaw)) { IsBackground = true };
        input.Start();
        await PrintAsync(cancellation).ConfigureAwait(false);
        var status = await machine.Exited.ConfigureAwait(false);
        // Bochs reports the end of its machine as 1, however it came about; one that the user ended did not fail.
        return _endedByUser || machine.Options.Kind == MachineKind.Bochs ? 0 : status;
    }

    private async Task PrintAsync(CancellationToken cancellation)
    {
        await using var output = Console.OpenStandardOutput();
        var text = "\n";
        try
        {
            for (
                var position = 0;
                await machine.Serial.WaitForMoreAsync(position, cancellation).ConfigureAwait(false);
                position += text.Length
            )
            {
                text = machine.Serial.From(position);
                await output
                    .WriteAsync(Encoding.UTF8.GetBytes(text), cancellation)
                    .ConfigureAwait(false);
                await output.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!text.EndsWith('\n'))
        {
            // What will be said about it begins a line of its own.
            output.WriteByte((byte)'\n');
            throw;
        }
    }

    private void PumpInput(bool isRaw)
    {
        using var input = Console.OpenStandardInput();
        var keys = new byte[256];
        try
        {
            if (!isRaw)
            {
                WaitUntilKeysAreTaken();
            }

            while (input.Read(keys) is > 0 and var count)
            {
                var typed = isRaw
                    ? FilterTerminal(keys.AsSpan(0, count))
                    : FilterScript(keys.AsSpan(0, count));
                if (typed is null)
                {
                    _endedByUser = true;
                    machine.KillAsync().GetAwaiter().GetResult();
                    return;
                }

                machine.SendAsync(typed, CancellationToken.None).GetAwaiter().GetResult();
            }

            machine.EndInput();
        }
        catch (MachineException)
        {
            // The machine is gone; the other direction notices and returns its status.
        }
    }

    // Keys that come while the firmware and the boot loader have the serial line are lost. A person sees when to type.
    private void WaitUntilKeysAreTaken()
    {
        if (machine.Options.HostedLayout is null)
        {
            machine
                .ExpectAsync(
                    SerialLine.DriverPattern(),
                    Timeout.InfiniteTimeSpan,
                    CancellationToken.None
                )
                .GetAwaiter()
                .GetResult();
        }
    }

    // The keys for the machine, or null when the user ends it.
    private byte[]? FilterTerminal(ReadOnlySpan<byte> keys)
    {
        var typed = new List<byte>(keys.Length);
        foreach (var key in keys)
        {
            if (!_isEscaped && key == Escape)
            {
                _isEscaped = true;
                continue;
            }

            if (_isEscaped && key is ((byte)'x' or (byte)'X'))
            {
                return null;
            }

            _isEscaped = false;
            typed.Add(key);
        }

        return [.. typed];
    }

    // A script's lines end in a line feed, the Enter key is a carriage return.
    private static byte[] FilterScript(ReadOnlySpan<byte> keys)
    {
        var typed = keys.ToArray();
        typed.AsSpan().Replace((byte)'\n', (byte)'\r');
        return typed;
    }
}
