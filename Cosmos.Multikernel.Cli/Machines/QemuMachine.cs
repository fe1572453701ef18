using System.Diagnostics;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>A machine in QEMU. Its serial line is QEMU's standard input and output.</summary>
internal sealed class QemuMachine : EmulatedMachine
{
    // The keyboard keeps few keys that nobody has read yet.
    private static readonly TimeSpan BetweenKeys = TimeSpan.FromMilliseconds(60);

    private readonly Process _process;
    private readonly string _folder;

    private QemuMachine(MachineOptions options, Process process, string folder)
        : base(options, process)
    {
        _process = process;
        _folder = folder;
    }

    public static QemuMachine Start(MachineOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("cosmos-qemu-").FullName;
        // Without a monitor on the line every byte, Ctrl+A included, is the machine's.
        string[] serial = options.HasSerialLine
            ?
            [
                "-chardev",
                "stdio,id=line,mux=off,signal=off",
                "-serial",
                "chardev:line",
                "-monitor",
                "none",
            ]
            : ["-serial", "none", "-monitor", "none"];
        var arguments = QemuCommandLine.Build(options, folder, serial);
        var process = EmulatorProcess.Start(
            QemuCommandLine.Program,
            arguments,
            ownsTerminal: false
        );
        var machine = new QemuMachine(options, process, folder);
        machine.Listen(process.StandardOutput.BaseStream);
        return machine;
    }

    /// <summary>
    /// Runs a machine whose serial line is this terminal, in raw mode, until the machine or the user ends it: Ctrl+A X
    /// ends it, Ctrl+A C reaches QEMU's monitor, Ctrl+A Ctrl+A is Ctrl+A. Returns QEMU's exit status.
    /// </summary>
    public static async Task<int> RunOnTerminalAsync(
        MachineOptions options,
        CancellationToken cancellation
    )
    {
        var folder = Directory.CreateTempSubdirectory("cosmos-qemu-").FullName;
        var log = options.SerialLog is { } file ? $",logfile={file.Replace(",", ",,")}" : "";
        string[] serial =
        [
            "-chardev",
            $"stdio,id=line,mux=on,signal=off{log}",
            "-serial",
            "chardev:line",
            "-mon",
            "chardev=line",
        ];
        var arguments = QemuCommandLine.Build(options, folder, serial);
        using var process = EmulatorProcess.Start(
            QemuCommandLine.Program,
            arguments,
            ownsTerminal: true
        );
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            // Terminated rather than killed: QEMU then puts the terminal back as it was.
            using var terminate = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public override async Task SendAsync(ReadOnlyMemory<byte> keys, CancellationToken cancellation)
    {
        var line = _process.StandardInput.BaseStream;
        try
        {
            await line.WriteAsync(keys, cancellation).ConfigureAwait(false);
            await line.FlushAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw new MachineException($"the machine is gone\n{Serial.Tail(20)}");
        }
    }

    public override async Task ScreenshotAsync(string file, CancellationToken cancellation)
    {
        using var control = await ControlAsync(cancellation).ConfigureAwait(false);
        await control.ScreenshotAsync(Path.GetFullPath(file), cancellation).ConfigureAwait(false);
    }

    public override async Task PressAsync(string keys, CancellationToken cancellation)
    {
        using var control = await ControlAsync(cancellation).ConfigureAwait(false);
        foreach (var chord in keys.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await control.PressAsync(chord.Split('+'), cancellation).ConfigureAwait(false);
            await Task.Delay(BetweenKeys, cancellation).ConfigureAwait(false);
        }
    }

    public override async Task InterruptAsync(CancellationToken cancellation)
    {
        using var control = await ControlAsync(cancellation).ConfigureAwait(false);
        await control.InterruptAsync(cancellation).ConfigureAwait(false);
    }

    public override async Task<byte[]> ReadMemoryAsync(
        ulong address,
        int length,
        CancellationToken cancellation
    )
    {
        using var control = await ControlAsync(cancellation).ConfigureAwait(false);
        var file = Path.Combine(_folder, "memory");
        await control.SaveMemoryAsync(address, length, file, cancellation).ConfigureAwait(false);
        return await File.ReadAllBytesAsync(file, cancellation).ConfigureAwait(false);
    }

    public override async Task SetCableAsync(bool isIn, CancellationToken cancellation)
    {
        using var control = await ControlAsync(cancellation).ConfigureAwait(false);
        await control.SetLinkAsync("net0", isIn, cancellation).ConfigureAwait(false);
    }

    public override async Task<bool> TakeProcessorsAsync(CancellationToken cancellation)
    {
        var places = await PlacesAsync(cancellation).ConfigureAwait(false);

        // QEMU's main thread, which carries interrupts and timers, above the virtual processor that it shares with.
        return places.Count > 0
            && HostThread.TakeProcessor(_process.Id, places[0].Processor, priority: 2)
            && places.All(place =>
                HostThread.TakeProcessor(place.Thread, place.Processor, priority: 1)
            );
    }

    // QEMU's main thread is its devices, wherever there is room for it.
    public override async Task<bool> FavourDevicesAsync(
        bool alwaysFirst,
        CancellationToken cancellation
    )
    {
        var places = await PlacesAsync(cancellation).ConfigureAwait(false);
        return places.Count > 0
            && (
                alwaysFirst
                    ? HostThread.GoFirst(_process.Id, priority: 1)
                    : HostThread.TakeShortTurns(_process.Id)
            )
            && places.All(place => HostThread.TryBind(place.Thread, place.Processor));
    }

    // The threads that are virtual processors, and a processor of this host for each; none when there are too few.
    private async Task<IReadOnlyList<(int Thread, int Processor)>> PlacesAsync(
        CancellationToken cancellation
    )
    {
        var processors = HostThread.Processors();
        if (processors.Count < Options.Cores)
        {
            return [];
        }

        using var control = await ControlAsync(cancellation).ConfigureAwait(false);
        var threads = await control.ProcessorThreadsAsync(cancellation).ConfigureAwait(false);
        return [.. threads.Zip(processors)];
    }

    private Task<QemuControl> ControlAsync(CancellationToken cancellation) =>
        QemuControl.ConnectAsync(QemuCommandLine.ControlSocket(_folder), cancellation);

    private protected override ValueTask ReleaseAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return base.ReleaseAsync();
    }
}
