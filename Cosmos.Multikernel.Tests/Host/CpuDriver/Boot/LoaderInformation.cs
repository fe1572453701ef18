using System.Buffers.Binary;
using System.Text;
using Cosmos.Multikernel.CpuDriver.Boot;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Boot;

/// <summary>Builds boot information as GRUB lays it out (Multiboot2 specification 2.0, section 3.6).</summary>
internal sealed class LoaderInformation
{
    private readonly List<byte> _bytes = [.. new byte[8]];

    /// <summary>What GRUB 2.06 passes on a PC: its order of tags, two modules, a text screen, both root pointers.</summary>
    public static LoaderInformation Typical() =>
        new LoaderInformation()
            .Tag(21, U32(0x10_0000))
            .Tag(Multiboot2Tag.CommandLine, Text("maxcores=4"))
            .Tag(2, Text("GRUB 2.06-13"))
            .Tag(10, new byte[20])
            .Module(0x20_0000, 0x24_5678, "shell cores=0 console")
            .Module(0x25_0000, 0x29_0001, "worker cores=1- memory=64M -- one \"two words\"")
            .Sections(64, 3)
            .Tag(4, [.. U32(639), .. U32(130_048)])
            .Tag(5, [.. U32(0xe0), .. U32(0), .. U32(0)])
            .MemoryMap(
                24,
                (0, 0x9_fc00, 1),
                (0x9_fc00, 0x400, 2),
                (0xf_0000, 0x1_0000, 2),
                (0x10_0000, 0x7ee_0000, 1),
                (0x7fe_0000, 0x2_0000, 3),
                (0xfffc_0000, 0x4_0000, 2)
            )
            .Framebuffer(2)
            .Tag(Multiboot2Tag.AcpiOld, [.. "RSD PTR "u8, .. new byte[12]])
            .Tag(Multiboot2Tag.AcpiNew, [.. "RSD PTR "u8, .. new byte[28]]);

    public static byte[] U32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] U64(ulong value) => [.. U32((uint)value), .. U32((uint)(value >> 32))];

    public static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    /// <summary>Adds a tag; its padding is not zero, so that nobody takes it for content.</summary>
    public LoaderInformation Tag(Multiboot2Tag type, byte[] content)
    {
        _bytes.AddRange(U32((uint)type));
        _bytes.AddRange(U32((uint)content.Length + 8));
        _bytes.AddRange(content);
        while (_bytes.Count % 8 != 0)
        {
            _bytes.Add(0xcc);
        }
        return this;
    }

    public LoaderInformation Tag(uint type, byte[] content) => Tag((Multiboot2Tag)type, content);

    public LoaderInformation Module(uint start, uint end, string commandLine) =>
        Tag(Multiboot2Tag.Module, [.. U32(start), .. U32(end), .. Text(commandLine)]);

    public LoaderInformation MemoryMap(
        uint entrySize,
        params (ulong Start, ulong Length, uint Type)[] entries
    )
    {
        List<byte> content = [.. U32(entrySize), .. U32(0)];
        foreach ((ulong start, ulong length, uint type) in entries)
        {
            content.AddRange(U64(start));
            content.AddRange(U64(length));
            content.AddRange(U32(type));
            content.AddRange(new byte[(int)entrySize - 20]);
        }
        return Tag(Multiboot2Tag.MemoryMap, [.. content]);
    }

    public const ulong FramebufferAddress = 0x8000_0000;

    /// <summary>A framebuffer tag: a text screen as VGA has it, else one of 1280 by 800 pixels of 32 bits.</summary>
    public LoaderInformation Framebuffer(byte type) =>
        Tag(
            Multiboot2Tag.Framebuffer,
            type == 2
                ? [.. U64(0xb8000), .. U32(160), .. U32(80), .. U32(25), 16, type, 0, 0]
                : DirectColour(type, pitch: 5120, width: 1280, bits: 32, redPosition: 16)
        );

    /// <summary>The content of such a tag with pixels.</summary>
    public static byte[] DirectColour(
        byte type,
        uint pitch,
        uint width,
        byte bits,
        byte redPosition,
        ulong address = FramebufferAddress
    ) =>
        [
            .. U64(address),
            .. U32(pitch),
            .. U32(width),
            .. U32(800),
            bits,
            type,
            0,
            0,
            redPosition,
            8,
            8,
            8,
            0,
            8,
        ];

    public LoaderInformation Sections(uint entrySize, uint count) =>
        Tag(
            Multiboot2Tag.ElfSections,
            [.. U32(count), .. U32(entrySize), .. U32(count - 1), .. new byte[entrySize * count]]
        );

    /// <summary>The bytes, closed by an end tag.</summary>
    public byte[] ToBytes()
    {
        Tag(Multiboot2Tag.End, []);
        return ToOpenBytes();
    }

    /// <summary>The bytes without an end tag.</summary>
    public byte[] ToOpenBytes()
    {
        byte[] bytes = [.. _bytes];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        return bytes;
    }
}
