using System.Text;
using Cosmos.Multikernel.Cli.Benchmarks.Linux;
using Cosmos.Multikernel.Tests.Host.FileSystems;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>The Linux that benchmarks compare with: which package, which of its modules in which order, and its initial file system.</summary>
[TestFixture]
public sealed class BenchLinuxTests
{
    [Test]
    public void ThePackageIsTheOneThatTheNewestDependsOn()
    {
        string[] lines =
        [
            "linux-image-cloud-amd64",
            "  Depends: linux-image-6.1.0-56-cloud-amd64",
            "  Recommends: apparmor",
        ];
        Assert.That(LinuxPackage.Dependency(lines), Is.EqualTo("linux-image-6.1.0-56-cloud-amd64"));
        Assert.That(LinuxPackage.Dependency(lines[..1]), Is.Null);
    }

    [TestCase("\0license=GPL\0depends=a,b\0name=c\0", "a b")]
    [TestCase("\0depends=\0", "")]
    [TestCase("\0depends_not=a\0", "")]
    public void AModuleSaysWhatItNeeds(string text, string needed) =>
        Assert.That(
            string.Join(' ', LinuxKernel.NeededBy(Encoding.ASCII.GetBytes(text))),
            Is.EqualTo(needed)
        );

    [Test]
    public void ModulesComeAfterThoseTheyNeed()
    {
        using ScratchDirectory scratch = new();
        var folder = Directory.CreateDirectory(scratch.File("lib/modules")).FullName;
        Module("disk", "bus,ring");
        Module("bus", "ring");
        Module("ring", "");
        Module("other", "");
        LinuxKernel kernel = new(scratch.Path, "1");
        Assert.That(
            kernel.ModulesFor(["disk", "bus"]).Select(Path.GetFileNameWithoutExtension),
            Is.EqualTo((string[])["ring", "bus", "disk"])
        );
        Assert.That(
            () => kernel.ModulesFor(["none"]),
            Throws.Exception.With.Message.Contains("none")
        );

        void Module(string name, string needs) =>
            File.WriteAllText(Path.Combine(folder, $"{name}.ko"), $"\0depends={needs}\0");
    }

    /// <summary>Read back as the kernel's documentation describes it.</summary>
    [Test]
    public void TheInitialFileSystemIsAsDocumented()
    {
        using MemoryStream stream = new();
        using (CpioArchive archive = new(stream))
        {
            archive.AddFolder("dev");
            archive.AddCharacterDevice("dev/console", 5, 1);
            archive.AddFile("init", "program"u8);
        }

        var entries = Read(stream.ToArray());
        Assert.That(
            entries.Select(entry => (entry.Name, entry.Mode, entry.Device, entry.Contents)),
            Is.EqualTo(
                new (string, string, (int, int), string)[]
                {
                    ("dev", "40755", (0, 0), ""),
                    ("dev/console", "20600", (5, 1), ""),
                    ("init", "100755", (0, 0), "program"),
                    ("TRAILER!!!", "0", (0, 0), ""),
                }
            )
        );
    }

    private sealed record Entry(string Name, string Mode, (int, int) Device, string Contents);

    // buffer-format.rst: a magic number, 13 fields of 8 hexadecimal digits, the name, the contents; each filled up to a multiple of 4.
    private static List<Entry> Read(byte[] archive)
    {
        List<Entry> entries = [];
        for (var at = 0; at < archive.Length; )
        {
            Assert.That(Encoding.ASCII.GetString(archive, at, 6), Is.EqualTo("070701"));
            var start = at;
            int Field(int number) =>
                Convert.ToInt32(Encoding.ASCII.GetString(archive, start + 6 + 8 * number, 8), 16);
            var name = Encoding.ASCII.GetString(archive, at + 110, Field(11) - 1);
            var contents = (at + 110 + Field(11) + 3) & ~3;
            entries.Add(
                new Entry(
                    name,
                    Convert.ToString(Field(1), 8),
                    (Field(9), Field(10)),
                    Encoding.ASCII.GetString(archive, contents, Field(6))
                )
            );
            at = (contents + Field(6) + 3) & ~3;
        }

        return entries;
    }
}
