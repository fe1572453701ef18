using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>
/// A machine in Bochs, as Cosmos users know it. Its serial line is a socket to us: Bochs connects when it starts, so
/// that no byte is lost.
/// </summary>
internal sealed class BochsMachine : EmulatedMachine
{
    // Bochs opens its serial port within its first second; a slow, busy host gets plenty.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    private readonly Socket _line;
    private readonly string _folder;

    private BochsMachine(MachineOptions options, Process process, Socket line, string folder)
        : base(options, process)
    {
        _line = line;
        _folder = folder;
    }

    public static new async Task<VirtualMachine> StartAsync(
        MachineOptions options,
        CancellationToken cancellation
    )
    {
        if (options.Disks.Count > 1)
        {
            throw new MachineException("Bochs has one disk beside the boot medium");
        }

        if (options.Uefi || options.Deterministic || options.CoreSlots > options.Cores)
        {
            throw new MachineException(
                "Bochs has neither UEFI firmware, nor counted time, nor empty sockets"
            );
        }

        var folder = Directory.CreateTempSubdirectory("cosmos-bochs-").FullName;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var configuration = Path.Combine(folder, "bochsrc.txt");
        await File.WriteAllTextAsync(
                configuration,
                Configuration(options, folder, port),
                cancellation
            )
            .ConfigureAwait(false);
        // Debian's Bochs has its debugger in front: these are the commands that let the machine run, and end it.
        var commands = Path.Combine(folder, "commands.txt");
        await File.WriteAllTextAsync(commands, "c\nq\n", cancellation).ConfigureAwait(false);
        var process = EmulatorProcess.Start(
            "bochs",
            ["-q", "-f", configuration, "-rc", commands, .. options.ExtraArguments],
            ownsTerminal: false
        );
        process.StandardInput.Close();
        try
        {
            var line = await AcceptAsync(listener, process, cancellation).ConfigureAwait(false);
            var machine = new BochsMachine(options, process, line, folder);
            machine.Listen(new NetworkStream(line));
            return machine;
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            CleanUp(options, folder);
            throw;
        }
    }

    public override async Task SendAsync(ReadOnlyMemory<byte> keys, CancellationToken cancellation)
    {
        try
        {
            await _line.SendAsync(keys, cancellation).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            throw new MachineException($"the machine is gone\n{Serial.Tail(20)}");
        }
    }

    public override Task ScreenshotAsync(string file, CancellationToken cancellation) =>
        throw new MachineException(
            "Bochs shows its screen only on a display of its own; use --machine q35"
        );

    private protected override ValueTask ReleaseAsync()
    {
        _line.Dispose();
        CleanUp(Options, _folder);
        return base.ReleaseAsync();
    }

    // A Bochs that was ended leaves the lock of its disk, and no other would start with that. One that is older is somebody else's.
    private static void CleanUp(MachineOptions options, string folder)
    {
        foreach (var disk in options.Disks)
        {
            FileInfo sign = new(disk.File + ".lock");
            if (sign.Exists && sign.LastWriteTimeUtc >= Directory.GetCreationTimeUtc(folder))
            {
                sign.Delete();
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<Socket> AcceptAsync(
        TcpListener listener,
        Process process,
        CancellationToken cancellation
    )
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(ConnectLimit);
        var accepted = listener.AcceptSocketAsync(timer.Token).AsTask();
        var ended = process.WaitForExitAsync(timer.Token);
        await Task.WhenAny(accepted, ended).ConfigureAwait(false);
        if (accepted.IsCompletedSuccessfully)
        {
            return accepted.Result;
        }

        cancellation.ThrowIfCancellationRequested();
        var complaint = process.HasExited
            ? await process.StandardError.ReadToEndAsync(cancellation).ConfigureAwait(false)
            : "it does not open its serial line";
        throw new MachineException($"Bochs did not start: {complaint.Trim()}");
    }

    private static string Configuration(MachineOptions options, string folder, int port)
    {
        // A display that needs no window: it waits for nobody to connect.
        var display =
            options.Display == "none"
                ? "display_library: rfb, options=\"timeout=0\""
                : $"display_library: {options.Display}";
        var medium = options.Usb
            ? $"ata0-master: type=disk, path=\"{options.Image}\", mode=volatile, journal=\"{folder}/journal\"\nboot: disk"
            : $"ata0-master: type=cdrom, path=\"{options.Image}\", status=inserted\nboot: cdrom";
        // Its virtual network has DHCP, a name server and a host that answers pings, and needs nothing of this machine.
        var (slots, card) =
            options.Nic == NicKind.None
                ? ("", "")
                : (
                    ", slot1=e1000",
                    $"e1000: enabled=1, mac=52:54:00:12:34:56, ethmod=vnet, ethdev=\"{folder}\""
                );
        // The geometry is Bochs's to find out; cylinders say so.
        var disk =
            options.Disks.Count == 0
                ? ""
                : $"ata1: enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15\nata1-master: type=disk, path=\"{options.Disks[0].File}\", mode=flat, cylinders=0";
        return $"""
            config_interface: textconfig
            {display}
            cpu: model=corei7_haswell_4770, count={options.Cores}, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=1
            megs: {options.Memory}
            romimage: file=/usr/share/bochs/BIOS-bochs-latest
            vgaromimage: file=/usr/share/vgabios/vgabios.bin
            pci: enabled=1, chipset=i440fx{slots}
            {card}
            ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
            {medium}
            {disk}
            com1: enabled=1, mode=socket-client, dev=127.0.0.1:{port}
            clock: sync=none
            log: {folder}/bochs.log
            panic: action=fatal

            """;
    }
}
