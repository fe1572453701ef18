using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Usb;

/// <summary>A disk, as <c>lsblk</c> (util-linux) describes it.</summary>
/// <param name="Path">Its device file, such as <c>/dev/sdb</c>.</param>
/// <param name="Type"><c>disk</c>, <c>part</c>, <c>loop</c> ...</param>
/// <param name="Size">Bytes.</param>
/// <param name="IsRemovable">It can be taken out.</param>
/// <param name="IsReadOnly">It cannot be written.</param>
/// <param name="Transport"><c>usb</c>, <c>sata</c> ...; null when unknown.</param>
/// <param name="Vendor">Its maker, as it says itself.</param>
/// <param name="Model">What it calls itself.</param>
/// <param name="FileSystem">The file system on it; null when there is none.</param>
/// <param name="Label">That file system's label.</param>
/// <param name="MountPoints">Where it is mounted; swap is among them.</param>
/// <param name="Children">Its partitions, and what is made of them.</param>
internal sealed record UsbDevice(
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("rm")] bool IsRemovable,
    [property: JsonPropertyName("ro")] bool IsReadOnly,
    [property: JsonPropertyName("tran")] string? Transport,
    [property: JsonPropertyName("vendor")] string? Vendor,
    [property: JsonPropertyName("model")] string? Model,
    [property: JsonPropertyName("fstype")] string? FileSystem,
    [property: JsonPropertyName("label")] string? Label,
    [property: JsonPropertyName("mountpoints")] IReadOnlyList<string?> MountPoints,
    [property: JsonPropertyName("children")] IReadOnlyList<UsbDevice>? Children
)
{
    private const string Columns =
        "PATH,TYPE,SIZE,RM,RO,TRAN,VENDOR,MODEL,FSTYPE,LABEL,MOUNTPOINTS";

    private sealed record Answer(
        [property: JsonPropertyName("blockdevices")] IReadOnlyList<UsbDevice> Devices
    );

    /// <summary>One device.</summary>
    /// <exception cref="CommandFailure">There is no such device, or lsblk is missing.</exception>
    public static UsbDevice Find(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandFailure($"there is no device {path}", [Advice()]);
        }

        var devices = List(path);
        return devices is [var device]
            ? device
            : throw new CommandFailure($"{path} is no disk: lsblk does not know it", [Advice()]);
    }

    /// <summary>Why it must not be written to; null when it may.</summary>
    /// <param name="image">Bytes that it must have room for.</param>
    /// <param name="anyDisk">Also a disk that is neither removable nor on USB.</param>
    public string? Objection(long image, bool anyDisk)
    {
        var used = All().SelectMany(part => part.MountPoints).FirstOrDefault(at => at is not null);
        return Type == "part" ? $"{Path} is a partition: name the whole disk"
            : used is not null ? $"{Path} is in use: mounted at {used}; unmount it first"
            : IsReadOnly ? $"{Path} is write-protected"
            : Size < image ? $"{Path} has {Bytes(Size)}, the image needs {Bytes(image)}"
            : !anyDisk && !IsRemovable && Transport != "usb"
                ? $"{Path} is neither removable nor on USB; --any-disk writes to it all the same"
            : null;
    }

    /// <summary>What a person recognises it by, one line for the disk and one for each partition.</summary>
    public IEnumerable<string> Describe()
    {
        var name = string.Join(' ', new[] { Vendor?.Trim(), Model?.Trim() }.OfType<string>());
        var bus = Transport ?? Type;
        yield return $"{Path}  {Bytes(Size)}  {bus}  {(name.Length > 0 ? name : "(no name)")}";
        foreach (var part in All().Skip(1))
        {
            var label = part.Label is null ? "" : $"  \"{part.Label}\"";
            yield return $"  {part.Path}  {Bytes(part.Size)}  {part.FileSystem ?? "no file system"}{label}";
        }
    }

    // Itself first, then all below it.
    private IEnumerable<UsbDevice> All() =>
        (Children ?? []).SelectMany(child => child.All()).Prepend(this);

    private static IReadOnlyList<UsbDevice> List(params string[] devices)
    {
        using var process = Process.Start(
            new ProcessStartInfo("lsblk", ["--json", "--bytes", "--output", Columns, .. devices])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var json = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && json.Length > 0
            ? JsonSerializer.Deserialize<Answer>(json)!.Devices
            : [];
    }

    private static string Advice()
    {
        var candidates = List()
            .Where(device => device.IsRemovable || device.Transport == "usb")
            .Select(device => device.Describe().First())
            .ToList();
        return candidates.Count > 0
            ? $"there is: {string.Join("; ", candidates)}"
            : "no removable disk is plugged in";
    }

    private static string Bytes(long count) =>
        count >= 1_000_000_000
            ? (count / 1e9).ToString("0.0 GB", CultureInfo.InvariantCulture)
            : (count / 1e6).ToString("0.0 MB", CultureInfo.InvariantCulture);
}
