using System.Buffers.Binary;
using System.Net;

namespace Cosmos.Multikernel.Bench.Io.Linux;

/// <summary>This program as a Linux's init, the only process there is: it mounts, loads drivers and sets the network up itself.</summary>
internal sealed unsafe class LinuxSystem : ISystem
{
    // Where whoever made the initial file system has put them, in the order in which they are to be loaded.
    private const string Modules = "/modules";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Options options;
    private bool hasInterface;

    public LinuxSystem(Options options)
    {
        this.options = options;
        Mount("devtmpfs", "/dev");
        Mount("proc", "/proc");
        Mount("sysfs", "/sys");
        foreach (string module in Directory.GetFiles(Modules).Order(StringComparer.Ordinal))
        {
            Load(module);
        }
    }

    /// <inheritdoc/>
    public void Run(Func<Task> work) => work().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public Task<IDisk> OpenDiskAsync()
    {
        WaitFor(options.Disk);
        long sectors = long.Parse(
            File.ReadAllText($"/sys/class/block/{Path.GetFileName(options.Disk)}/size")
        );
        return Task.FromResult<IDisk>(new LinuxDisk(options.Disk, sectors));
    }

    /// <inheritdoc/>
    public Task<IUdp> OpenUdpAsync(int port)
    {
        if (!hasInterface)
        {
            WaitFor($"/sys/class/net/{options.Interface}");
            SetUpInterface();
            hasInterface = true;
        }

        return Task.FromResult<IUdp>(new LinuxUdp(new IPEndPoint(options.Station, port)));
    }

    /// <inheritdoc/>
    public void Dispose() { }

    private static void Mount(string type, string place)
    {
        fixed (byte* typeText = LinuxCalls.Text(type))
        fixed (byte* placeText = LinuxCalls.Text(place))
        {
            LinuxCalls.Call(
                $"mounting {place}",
                LinuxCalls.Mount,
                (nint)typeText,
                (nint)placeText,
                (nint)typeText
            );
        }
    }

    private static void Load(string module)
    {
        using var file = File.OpenHandle(module);
        fixed (byte* parameters = LinuxCalls.Text(""))
        {
            LinuxCalls.Call(
                $"loading {module}",
                LinuxCalls.LoadModule,
                file.DangerousGetHandle(),
                (nint)parameters
            );
        }
    }

    // Devices come some time after their drivers.
    private static void WaitFor(string file)
    {
        for (DateTime until = DateTime.UtcNow + Patience; !Path.Exists(file); )
        {
            if (DateTime.UtcNow > until)
            {
                throw new FileNotFoundException($"There is no {file}.");
            }

            Thread.Sleep(1);
        }
    }

    private void SetUpInterface()
    {
        const int setAddress = 0x8916;
        const int setFlags = 0x8914;
        const short up = 1;
        nint socket = LinuxCalls.Call(
            "opening a socket",
            LinuxCalls.Socket,
            LinuxUdp.Internet,
            LinuxUdp.Datagrams
        );

        // struct ifreq: the name, then what the request is about.
        const int size = 40;
        const int nameSize = 16;
        byte* request = stackalloc byte[size];
        Span<byte> bytes = new(request, size);
        bytes.Clear();
        LinuxCalls.Text(options.Interface).CopyTo(bytes);
        LinuxUdp.WriteAddress(bytes[nameSize..], new IPEndPoint(options.Address, 0));
        Control("setting the address", setAddress);
        bytes[nameSize..].Clear();
        BinaryPrimitives.WriteInt16LittleEndian(bytes[nameSize..], up);
        Control("starting the interface", setFlags);

        void Control(string what, int command) =>
            LinuxCalls.Call(what, LinuxCalls.Control, socket, command, (nint)request);
    }
}
