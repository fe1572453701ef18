using System.Buffers.Binary;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Nvme;

/// <summary>A namespace: a disk of a controller's.</summary>
/// <param name="Identifier">Its number there.</param>
/// <param name="Geometry">Size and properties.</param>
internal sealed record NvmeNamespace(uint Identifier, BlockGeometry Geometry);

/// <summary>What a controller and its namespaces say of themselves (NVM Express Base Specification 2.0, section 5.17).</summary>
internal sealed class NvmeIdentity
{
    private const int StructureBytes = 4096;

    // A controller that names more has them left out.
    private const int MostNamespaces = 32;

    // From this version on there is a list of those that are there.
    private const uint VersionWithList = 0x0001_0100;

    private readonly List<NvmeNamespace> namespaces = [];

    private NvmeIdentity(int mostBytes, bool hasCache)
    {
        MostBytes = mostBytes;
        HasCache = hasCache;
    }

    private enum Structure : uint
    {
        Namespace = 0,
        Controller = 1,
        NamespaceList = 2,
    }

    /// <summary>Longest transfer of a request.</summary>
    public int MostBytes { get; }

    /// <summary>Whether there is a cache that loses its contents with the power.</summary>
    public bool HasCache { get; }

    /// <summary>Those that can be used.</summary>
    public IReadOnlyList<NvmeNamespace> Namespaces => namespaces;

    /// <summary>Asks a controller.</summary>
    /// <param name="controller">The controller, started.</param>
    /// <param name="report">Told of namespaces that cannot be used.</param>
    /// <exception cref="NvmeException">It does not answer as it should.</exception>
    public static async Task<NvmeIdentity> ReadAsync(
        NvmeController controller,
        Action<string> report
    )
    {
        Frame page = Frame.Allocate(StructureBytes);
        // Kept when an answer does not come: it may yet, into this memory.
        await AskAsync(controller, page, Structure.Controller, 0);
        NvmeIdentity identity = FromController(controller, page.ReadOnlySpan);
        int count = (int)Math.Min(MostNamespaces, Read32(page.ReadOnlySpan, 516));
        foreach (uint number in await ListAsync(controller, page, count))
        {
            await AskAsync(controller, page, Structure.Namespace, number);
            if (FromNamespace(number, page.ReadOnlySpan) is { } found)
            {
                identity.namespaces.Add(found);
            }
            else
            {
                report($"namespace {number} has blocks that cannot be used");
            }
        }
        page.Dispose();
        return identity;
    }

    private static Task<uint> AskAsync(
        NvmeController controller,
        Frame page,
        Structure structure,
        uint number
    )
    {
        page.Span.Clear();
        return controller.RunAsync(
            new NvmeCommand
            {
                Opcode = (byte)NvmeAdminOpcode.Identify,
                Namespace = number,
                Data = page.PhysicalAddress,
                Dword10 = (uint)structure,
            }
        );
    }

    private static async Task<IReadOnlyList<uint>> ListAsync(
        NvmeController controller,
        Frame page,
        int count
    )
    {
        if (controller.Version < VersionWithList)
        {
            return [.. Enumerable.Range(1, count).Select(number => (uint)number)];
        }
        await AskAsync(controller, page, Structure.NamespaceList, 0);
        List<uint> numbers = [];
        uint last = 0;
        for (int i = 0; i < MostNamespaces; i++)
        {
            uint number = Read32(page.ReadOnlySpan, i * sizeof(uint));
            // In rising order, and 0 behind the last.
            if (number <= last)
            {
                break;
            }
            numbers.Add(last = number);
        }
        return numbers;
    }

    // Figure 275.
    private static NvmeIdentity FromController(
        NvmeController controller,
        ReadOnlySpan<byte> structure
    )
    {
        int transferPages = structure[77];
        bool hasCache = (structure[525] & 1) != 0;
        long mostBytes = transferPages is 0 or > 16
            ? NvmeDiskQueue.MostBytes
            : (long)controller.SmallestPage << transferPages;
        return new NvmeIdentity((int)Math.Min(NvmeDiskQueue.MostBytes, mostBytes), hasCache);
    }

    // NVM Command Set Specification 1.0, figure 97.
    private static NvmeNamespace? FromNamespace(uint number, ReadOnlySpan<byte> structure)
    {
        ulong blocks = BinaryPrimitives.ReadUInt64LittleEndian(structure);
        int format = (structure[26] & 0xF) | ((structure[26] >> 1) & 0x30);
        uint layout = Read32(structure, 128 + format * sizeof(uint));
        int metadata = (ushort)layout;
        int blockBits = (byte)(layout >> 16);
        bool isProtected = (structure[29] & 7) != 0;
        bool isReadOnly = (structure[99] & 1) != 0;
        bool canBe =
            metadata == 0
            && !isProtected
            && blockBits is >= 9 and <= 16
            && blocks is > 0 and <= long.MaxValue >> 16;
        return canBe
            ? new NvmeNamespace(number, new BlockGeometry((long)blocks, 1 << blockBits, isReadOnly))
            : null;
    }

    private static uint Read32(ReadOnlySpan<byte> structure, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(structure[offset..]);
}
