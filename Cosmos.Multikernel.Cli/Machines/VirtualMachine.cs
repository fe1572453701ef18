using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>
/// One running virtual machine: start it, talk to it over its serial line, look at its screen, end it. Everything that
/// boots an image goes through here: <c>run</c>, the machine tests and the benchmarks. Disposing ends the machine.
/// </summary>
public abstract class VirtualMachine : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Stream? _log;
    private readonly StringBuilder _errors = new();
    private Task<int>? _exited;

    private protected VirtualMachine(MachineOptions options, Process process)
    {
        Options = options;
        _process = process;
        if (options.SerialLog is { } log)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(log))!);
            _log = new FileStream(log, FileMode.Create, FileAccess.Write, FileShare.Read);
        }
    }

    /// <summary>What was started.</summary>
    public MachineOptions Options { get; }

    /// <summary>What the machine has said.</summary>
    public SerialOutput Serial { get; } = new();

    /// <summary>Completes with the emulator's exit status when the machine is gone and all its output has arrived.</summary>
    public Task<int> Exited => _exited!;

    /// <summary>What the emulator itself complained about.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString().Trim();
            }
        }
    }

    /// <exception cref="MachineException">The emulator could not be started.</exception>
    public static async Task<VirtualMachine> StartAsync(
        MachineOptions options,
        CancellationToken cancellation
    )
    {
        if (!File.Exists(options.Image))
        {
            throw new MachineException($"there is no image {options.Image}");
        }

        return options.Kind == MachineKind.Bochs
            ? await BochsMachine.StartAsync(options, cancellation).ConfigureAwait(false)
            : QemuMachine.Start(options);
    }

    /// <summary>Types text on the serial line. Enter is <c>\r</c>.</summary>
    public Task SendAsync(string text, CancellationToken cancellation) =>
        SendAsync(Encoding.UTF8.GetBytes(text), cancellation);

    /// <summary>Types bytes on the serial line.</summary>
    public abstract Task SendAsync(ReadOnlyMemory<byte> keys, CancellationToken cancellation);

    /// <summary>Writes what the screen shows to a PNG file.</summary>
    /// <exception cref="MachineException">This emulator cannot.</exception>
    public abstract Task ScreenshotAsync(string file, CancellationToken cancellation);

    /// <summary>Waits until a pattern appears in the text after <paramref name="position"/>.</summary>
    /// <exception cref="MachineException">The machine ended, or the limit passed, before it did.</exception>
    public async Task<Match> ExpectAsync(
        Regex pattern,
        TimeSpan limit,
        CancellationToken cancellation,
        int position = 0
    )
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(limit);
        try
        {
            while (true)
            {
                var text = Serial.From(position);
                var match = pattern.Match(text);
                if (match.Success)
                {
                    return match;
                }

                if (
                    !await Serial
                        .WaitForMoreAsync(position + text.Length, timer.Token)
                        .ConfigureAwait(false)
                )
                {
                    throw new MachineException(
                        $"the machine ended before it said /{pattern}/\n{Serial.Tail(20)}"
                    );
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new MachineException(
                $"no /{pattern}/ within {limit.TotalSeconds:0} s\n{Serial.Tail(20)}"
            );
        }
    }

    /// <summary>Ends the machine at once, as if its power had failed.</summary>
    public async Task KillAsync()
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
    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        _process.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the emulator's driver holds beyond the process.</summary>
    private protected abstract ValueTask ReleaseAsync();

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

            if (_log is not null)
            {
                await _log.WriteAsync(bytes.AsMemory(0, count)).ConfigureAwait(false);
                await _log.FlushAsync().ConfigureAwait(false);
            }

            var decoded = decoder.GetChars(bytes.AsSpan(0, count), characters, flush: false);
            if (decoded > 0)
            {
                Serial.Append(new string(characters, 0, decoded));
            }
        }

        await _process.WaitForExitAsync().ConfigureAwait(false);
        await complaints.ConfigureAwait(false);
        if (_log is not null)
        {
            await _log.DisposeAsync().ConfigureAwait(false);
        }

        Serial.End();
        return _process.ExitCode;
    }

    private async Task CollectAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (_errors)
            {
                _errors.AppendLine(line);
            }
        }
    }
}
