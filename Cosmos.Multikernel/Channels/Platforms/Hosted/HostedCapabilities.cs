using System.Globalization;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Channels.Platforms.Hosted;

/// <summary>
/// Frames of hosted instances: files in the machine's directory. Sending one is giving its file another name, which says what
/// it is and where it goes; claiming it is taking the file. So a frame is one instance's, or on its way, at any moment.
/// </summary>
internal sealed class HostedCapabilities(string machine, Func<int, HostedChannel?> findChannel)
    : LocalCapabilities
{
    private static int lastFile;

    private readonly Dictionary<string, long> sent = [];

    /// <inheritdoc/>
    public override long Claim(int channel, long number)
    {
        if (findChannel(channel) is not { } end)
        {
            return -CapabilityErrors.BadHandle;
        }
        string? file = Directory
            .EnumerateFiles(CargoOf(machine), $"{Prefix(end, toPeer: false)}{number}@*")
            .FirstOrDefault();
        if (file is null)
        {
            // A file is there before the number is: what is not there was claimed, or never sent.
            return -CapabilityErrors.NoEntry;
        }
        string[] fields = file[(file.LastIndexOf('@') + 1)..].Split(',');
        string own = NewPath();
        File.Move(file, own);
        // There is room for another now.
        end.RingPeer();
        HostedFrame frame = new(own);
        return Enter(
            frame,
            ulong.Parse(fields[0], CultureInfo.InvariantCulture),
            long.Parse(fields[1], CultureInfo.InvariantCulture),
            (CapabilityRights)byte.Parse(fields[2], CultureInfo.InvariantCulture)
        );
    }

    /// <summary>Frees what was sent through a channel to this end and not claimed.</summary>
    public static void Discard(string machine, HostedChannel channel)
    {
        foreach (
            string file in Directory.EnumerateFiles(
                CargoOf(machine),
                Prefix(channel, toPeer: false) + "*"
            )
        )
        {
            File.Delete(file);
        }
    }

    /// <inheritdoc/>
    protected override LocalFrame Allocate(long length)
    {
        string path = NewPath();
        using (FileStream file = new(path, FileMode.CreateNew))
        {
            file.SetLength(length);
        }
        return new HostedFrame(path);
    }

    /// <inheritdoc/>
    protected override long Send(
        int channel,
        LocalFrame frame,
        ulong offset,
        long length,
        CapabilityRights rights
    )
    {
        if (findChannel(channel) is not { } end)
        {
            return -CapabilityErrors.BadHandle;
        }
        sent.TryGetValue(end.Id, out long number);
        if (number - FirstUnclaimed(end, number) >= CapabilityLimits.Window)
        {
            return -CapabilityErrors.TryAgain;
        }
        sent[end.Id] = number + 1;
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix(end, toPeer: true)}{number}@{offset},{length},{(byte)rights}"
        );
        File.Move(((HostedFrame)frame).Path, Path.Combine(CargoOf(machine), name));
        return number;
    }

    /// <summary>The lowest number that the peer has not claimed; the next one when it has claimed all.</summary>
    private long FirstUnclaimed(HostedChannel channel, long next)
    {
        string prefix = Prefix(channel, toPeer: true);
        return Directory
            .EnumerateFiles(CargoOf(machine), prefix + "*")
            .Select(file => Path.GetFileName(file)[prefix.Length..].Split('@')[0])
            .Select(number => long.Parse(number, CultureInfo.InvariantCulture))
            .DefaultIfEmpty(next)
            .Min();
    }

    private static string CargoOf(string machine) =>
        Directory.CreateDirectory(Path.Combine(machine, "cargo")).FullName;

    private static string Prefix(HostedChannel channel, bool toPeer) =>
        $"{channel.Id}{(channel.Binding.SideA == toPeer ? ">" : "<")}";

    private string NewPath() =>
        Path.Combine(
            Directory.CreateDirectory(Path.Combine(machine, "frames")).FullName,
            $"{Environment.ProcessId}-{Interlocked.Increment(ref lastFile)}"
        );

    private sealed unsafe class HostedFrame(string path)
        : LocalFrame((ulong)Interlocked.Increment(ref lastFile) << 32, new FileInfo(path).Length)
    {
        private SharedFile? mapping;

        public string Path => path;

        public override nint Map() => (nint)(mapping ??= SharedFile.Open(path)).Memory;

        public override void Unmap()
        {
            mapping?.Dispose();
            mapping = null;
        }

        public override void Free()
        {
            try
            {
                File.Delete(path);
            }
            catch (DirectoryNotFoundException)
            {
                // The machine is gone, and the frame with it. The collector gives up frames too, whenever it likes, and what its
                // thread throws ends the process.
            }
        }
    }
}
