using System.Text;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Machines.Hosted;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>
/// One running machine: start it, talk to it over its serial line, look at its screen, end it. Everything that runs
/// instances goes through here: <c>run</c>, the machine tests and the benchmarks. Disposing ends the machine.
/// </summary>
public abstract class VirtualMachine : IAsyncDisposable
{
    private readonly Stream? _log;
    private readonly StringBuilder _errors = new();

    private protected VirtualMachine(MachineOptions options)
    {
        Options = options;
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

    /// <summary>Completes with the exit status when the machine is gone and all its output has arrived.</summary>
    public abstract Task<int> Exited { get; }

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

    /// <exception cref="MachineException">The machine could not be started.</exception>
    public static async Task<VirtualMachine> StartAsync(
        MachineOptions options,
        CancellationToken cancellation
    )
    {
        if (options.HostedLayout is { } layout)
        {
            return HostedMachine.Start(options, layout);
        }

        if (!File.Exists(options.Image))
        {
            throw new MachineException($"there is no image {options.Image}");
        }

        return options.Kind == MachineKind.Bochs
            ? await BochsMachine.StartAsync(options, cancellation).ConfigureAwait(false)
            : QemuMachine.Start(options);
    }

    /// <summary>Types text on the serial line. Enter is <c>\r</c>.</summary>
    public Task SendAsync(string text, CancellationToken cancellation = default) =>
        SendAsync(Encoding.UTF8.GetBytes(text), cancellation);

    /// <summary>Types bytes on the serial line.</summary>
    public abstract Task SendAsync(ReadOnlyMemory<byte> keys, CancellationToken cancellation);

    /// <summary>Whether anything in the machine reads keys: otherwise the terminal is better left as it is.</summary>
    public virtual bool ReadsInput => true;

    /// <summary>There will be no more keys. A serial line cannot say so; processes can be told.</summary>
    public virtual void EndInput() { }

    /// <summary>Writes what the screen shows to a PNG file.</summary>
    /// <exception cref="MachineException">This machine cannot.</exception>
    public abstract Task ScreenshotAsync(string file, CancellationToken cancellation);

    /// <summary>Presses keys on the machine's keyboard.</summary>
    /// <param name="keys">
    /// QEMU's names (QKeyCode) separated by blanks; those joined by a plus are pressed together: <c>l s shift+a ret</c>.
    /// </param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="MachineException">The emulator cannot.</exception>
    public virtual Task PressAsync(string keys, CancellationToken cancellation) =>
        throw new MachineException("only QEMU can press keys; use --machine q35");

    /// <summary>Interrupts the processors in a way that they cannot put off (NMI), as broken hardware does.</summary>
    /// <exception cref="MachineException">The emulator cannot.</exception>
    public virtual Task InterruptAsync(CancellationToken cancellation) =>
        throw new MachineException("only QEMU can interrupt so; use --machine q35");

    /// <summary>Reads physical memory as the processors see it, that of devices included.</summary>
    /// <exception cref="MachineException">The emulator cannot.</exception>
    public virtual Task<byte[]> ReadMemoryAsync(
        ulong address,
        int length,
        CancellationToken cancellation
    ) => throw new MachineException("only QEMU shows its memory; use --machine q35");

    /// <summary>Plugs the network card's cable in or out.</summary>
    /// <exception cref="MachineException">The emulator cannot, or has no such card.</exception>
    public virtual Task SetCableAsync(bool isIn, CancellationToken cancellation) =>
        throw new MachineException("only QEMU can plug cables in and out; use --machine q35");

    /// <summary>
    /// Stops the machine where it stands, between two instructions of its emulator, while somebody looks: what is on its disks then is
    /// what a failure of its power would leave.
    /// </summary>
    /// <exception cref="MachineException">This machine cannot.</exception>
    public virtual T WhileFrozen<T>(Func<T> look) =>
        throw new MachineException("only an emulator can be stopped where it stands");

    /// <summary>
    /// Gives each virtual processor a processor of this host, where it comes before everything else: for measurements in the
    /// host's time. False when the host has too few, or this user may not.
    /// </summary>
    public virtual Task<bool> TakeProcessorsAsync(CancellationToken cancellation) =>
        Task.FromResult(false);

    /// <summary>
    /// Keeps each virtual processor on a processor of this host, and has the emulated devices, which share these, served when they wake: those of
    /// a real machine do not wait for a processor. False when the host has too few, or this user may not.
    /// </summary>
    /// <param name="alwaysFirst">Even when they take more than their share.</param>
    /// <param name="cancellation">Gives up.</param>
    public virtual Task<bool> FavourDevicesAsync(
        bool alwaysFirst,
        CancellationToken cancellation
    ) => Task.FromResult(false);

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
    public abstract Task KillAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the machine's driver holds beyond its processes.</summary>
    private protected abstract ValueTask ReleaseAsync();

    /// <summary>The machine has said something.</summary>
    /// <param name="bytes">For the log.</param>
    /// <param name="text">The same, as far as its characters are complete.</param>
    private protected void Hear(ReadOnlySpan<byte> bytes, string text)
    {
        if (_log is not null)
        {
            _log.Write(bytes);
            _log.Flush();
        }

        if (text.Length > 0)
        {
            Serial.Append(text);
        }
    }

    /// <summary>The machine is gone: it will say no more.</summary>
    private protected void HearEnd()
    {
        _log?.Dispose();
        Serial.End();
    }

    /// <summary>A line of what the emulator itself complains about.</summary>
    private protected void AddError(string line)
    {
        lock (_errors)
        {
            _errors.AppendLine(line);
        }
    }
}
