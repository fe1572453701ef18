using System.Text;

namespace Cosmos.Multikernel.Cli.Benchmarks.Linux;

/// <summary>Writes an initial file system as Linux reads it: cpio, "newc" (Documentation/driver-api/early-userspace/buffer-format.rst).</summary>
public sealed class CpioArchive(Stream stream) : IDisposable
{
    private const string Magic = "070701";
    private const string Trailer = "TRAILER!!!";
    private const int Alignment = 4;

    private const int Folder = 0x4000 | 0x1ED;
    private const int Executable = 0x8000 | 0x1ED;
    private const int CharacterDevice = 0x2000 | 0x180;

    private int number;

    public void AddFolder(string name) => Add(name, Folder, []);

    public void AddFile(string name, ReadOnlySpan<byte> contents) =>
        Add(name, Executable, contents);

    public void AddCharacterDevice(string name, int major, int minor) =>
        Add(name, CharacterDevice, [], major, minor);

    /// <summary>Ends the archive.</summary>
    public void Dispose()
    {
        Add(Trailer, 0, []);
        stream.Dispose();
    }

    private void Add(
        string name,
        int mode,
        ReadOnlySpan<byte> contents,
        int major = 0,
        int minor = 0
    )
    {
        const int owner = 0;
        const int group = 0;
        const int links = 1;
        const int time = 0;
        const int device = 0;
        const int checksum = 0;
        var nameBytes = Encoding.ASCII.GetBytes(name + "\0");
        int[] fields =
        [
            ++number,
            mode,
            owner,
            group,
            links,
            time,
            contents.Length,
            device,
            device,
            major,
            minor,
            nameBytes.Length,
            checksum,
        ];
        var header = Magic + string.Concat(fields.Select(field => field.ToString("X8")));
        stream.Write(Encoding.ASCII.GetBytes(header));
        stream.Write(nameBytes);
        Pad(header.Length + nameBytes.Length);
        stream.Write(contents);
        Pad(contents.Length);
    }

    private void Pad(int length) => stream.Write(new byte[-length & (Alignment - 1)]);
}
