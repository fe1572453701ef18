using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Files.Cases;

/// <summary>Libraries that live on files.</summary>
internal static partial class Libraries
{
    public static string Zip(Site site, string directory)
    {
        string source = Path.Combine(directory, "source");
        Directory.CreateDirectory(Path.Combine(source, "sub"));
        File.WriteAllBytes(Path.Combine(source, "bytes"), Site.Bytes(21, 40_000));
        File.WriteAllText(Path.Combine(source, "sub", "text"), new string('z', 100_000));
        string archive = Path.Combine(directory, "archive.zip");
        ZipFile.CreateFromDirectory(source, archive);
        string target = Path.Combine(directory, "target");
        ZipFile.ExtractToDirectory(archive, target);
        Expect.That(
            File.ReadAllBytes(Path.Combine(target, "bytes"))
                .AsSpan()
                .SequenceEqual(Site.Bytes(21, 40_000))
        );
        Expect.Equal(100_000, File.ReadAllText(Path.Combine(target, "sub", "text")).Length);
        using (ZipArchive update = ZipFile.Open(archive, ZipArchiveMode.Update))
        {
            update.CreateEntryFromFile(Path.Combine(source, "bytes"), "again");
        }
        using ZipArchive read = ZipFile.OpenRead(archive);
        Expect.Equal(3, read.Entries.Count);
        return $"{new FileInfo(archive).Length} bytes";
    }

    public static string Json(Site site, string directory)
    {
        string path = Path.Combine(directory, "data.json");
        Record[] records =
        [
            .. Enumerable.Range(0, 1000).Select(i => new Record(i, $"record {i}", i / 7.0)),
        ];
        using (FileStream stream = File.Create(path))
        {
            JsonSerializer.Serialize(stream, records, Shapes.Default.RecordArray);
        }
        using FileStream again = File.OpenRead(path);
        Record[] read = JsonSerializer.Deserialize(again, Shapes.Default.RecordArray)!;
        Expect.That(read.SequenceEqual(records));
        return $"{again.Length} bytes";
    }

    internal sealed record Record(int Number, string Name, double Value);

    [JsonSerializable(typeof(Record[]))]
    internal sealed partial class Shapes : JsonSerializerContext;
}
