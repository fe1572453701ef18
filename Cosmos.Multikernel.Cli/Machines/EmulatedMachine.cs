using System.Diagnostics;
using System.Text;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>A machine that is one emulator's process.</summary>
public abstract class EmulatedMachine : VirtualMachine
{
    private readonly Process _process;
    private Task<int>? _exited;

    private protected EmulatedMachine(MachineOptions options, Process process)
        : base(options) => _process = process;

    /// <inheritdoc/>
    public override Task<int> Exited => _exited!;

    /// <inheritdoc/>
    public override async Task KillAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself meanwhile, which is all we wanted.
        }

        await Exited.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override T WhileFrozen<T>(Func<T> look)
    {
        using var frozen = new FrozenProcess(_process.Id);
        return look();
    }

    private protected override ValueTask ReleaseAsync()
    {
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Begins to read the serial line and the emulator's complaints.</summary>
    private protected void Listen(Stream serial) => _exited = ListenAsync(serial);

    private async Task<int> ListenAsync(Stream serial)
    {
        var complaints = Task.WhenAll(
            CollectAsync(_process.StandardError),
            serial == _process.StandardOutput.BaseStream
                ? Task.CompletedTask
                : CollectAsync(_process.StandardOutput)
        );
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[16 * 1024];
        var characters = new char[bytes.Length + 1];
        while (true)
        {
            int count;
            try
            {
                count = await serial.ReadAsync(bytes).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // A socket's way to say that the emulator is gone.
                count = 0;
            }

            if (count == 0)
            {
                break;
            }

            var decoded = decoder.GetChars(bytes.AsSpan(0, count), characters, flush: false);
            Hear(bytes.AsSpan(0, count), new string(characters, 0, decoded));
        }

        await _process.WaitForExitAsync().ConfigureAwait(false);
        await complaints.ConfigureAwait(false);
        HearEnd();
        return _process.ExitCode;
    }

    private async Task CollectAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            AddError(line);
        }
    }
}
