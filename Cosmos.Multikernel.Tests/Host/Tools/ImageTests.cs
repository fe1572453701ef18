using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>What goes on a boot image: core lists, arguments, grub.cfg, and the errors that name what is wrong.</summary>
[TestFixture]
public sealed class ImageTests
{
    private const string AnyFile = "/bin/sh";

    [TestCase("0", 4, new[] { 0 })]
    [TestCase("1-3", 4, new[] { 1, 2, 3 })]
    [TestCase("2,4-6", 8, new[] { 2, 4, 5, 6 })]
    [TestCase("1-", 4, new[] { 1, 2, 3 })]
    [TestCase("all", 2, new[] { 0, 1 })]
    [TestCase("1-3", 2, new[] { 1 })]
    [TestCase("7", 2, new int[0])]
    public void CoreListNamesCores(string list, int cores, int[] expected) =>
        Assert.That(CoreList.Expand(CoreList.Validate(list, "x"), cores), Is.EqualTo(expected));

    [TestCase("", "it is empty")]
    [TestCase("-1", "neither a core nor a range")]
    [TestCase("1-2-3", "neither a core nor a range")]
    [TestCase("x", "neither a core nor a range")]
    [TestCase("1,,2", "neither a core nor a range")]
    [TestCase("3-1", "runs backwards")]
    [TestCase("99999999999", "neither a core nor a range")]
    public void CoreListSaysWhatIsWrong(string list, string says) =>
        Assert.That(
            () => CoreList.Validate(list, "hello"),
            Throws
                .TypeOf<ImageException>()
                .With.Message.Contains(says)
                .And.Message.Contains("hello")
        );

    [TestCase("", new string[0])]
    [TestCase("one  two", new[] { "one", "two" })]
    [TestCase("\"one two\" three", new[] { "one two", "three" })]
    [TestCase("a\\ b \\\" \\\\", new[] { "a b", "\"", "\\" })]
    [TestCase("\"\"", new[] { "" })]
    public void ArgumentsAreSplit(string line, string[] expected) =>
        Assert.That(ArgumentSplitter.Split(line), Is.EqualTo(expected));

    [Test]
    public void AnOpenQuoteIsAnError() =>
        Assert.That(() => ArgumentSplitter.Split("a \"b"), Throws.TypeOf<ImageException>());

    [Test]
    public void GrubGetsOneLineForEachPart()
    {
        var shell = new ImageModule("shell", AnyFile, "0", IsConsole: true);
        var worker = new ImageModule(
            "worker",
            AnyFile,
            "1-",
            Memory: "64M",
            Priority: "3",
            Arguments: "it's \"two words\""
        );
        var monitor = new ImageModule("monitor", AnyFile, "all", Priority: "9", IsMonitor: true);
        var layout = new ImageLayout("driver", "maxcores=2", [shell, worker, monitor])
        {
            Data = [new("disk.img", AnyFile)],
        };
        var text = GrubConfiguration.Write(layout, module => "/boot/" + module.Name);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Contain("multiboot2 /boot/cpudriver.elf maxcores=2\n"));
            Assert.That(text, Does.Contain("module2 /boot/shell shell cores=0 console\n"));
            Assert.That(
                text,
                Does.Contain("module2 /boot/monitor monitor cores=all monitor priority=9\n")
            );
            Assert.That(
                text,
                Does.Contain("module2 --nounzip /boot/modules/disk.img disk.img data\n}")
            );
            Assert.That(
                text,
                Does.Contain(
                    @"module2 /boot/worker worker cores=1- memory=64M priority=3 -- 'it'\''s' 'two words'"
                        + "\n"
                )
            );
        }
    }

    [TestCase("two words", "0", "", "", "instance name")]
    [TestCase("", "0", "", "", "instance name")]
    [TestCase("x", "0", "much", "", "memory 'much'")]
    [TestCase("..", "0", "", "", "instance name '..'")]
    [TestCase("x.", "0", "", "", "instance name 'x.'")]
    [TestCase("x", "0", "99999999999999999999", "", "memory '99999999999999999999'")]
    [TestCase("x", "0", "99999999999G", "", "memory '99999999999G'")]
    [TestCase("x", "0", "", "16", "priority '16'")]
    [TestCase("x", "0", "", "-1", "priority '-1'")]
    public void AModuleSaysWhatIsWrong(
        string name,
        string cores,
        string memory,
        string priority,
        string says
    ) =>
        Assert.That(
            () =>
                new ImageModule(
                    name,
                    AnyFile,
                    cores,
                    Memory: memory,
                    Priority: priority
                ).Validated(),
            Throws.TypeOf<ImageException>().With.Message.Contains(says)
        );

    [Test]
    public void AMissingFileIsNamed() =>
        Assert.That(
            () => new ImageModule("x", "/nowhere/x", "0").Validated(),
            Throws.TypeOf<ImageException>().With.Message.Contains("/nowhere/x")
        );

    [TestCase("x", "/nowhere/x", "there is no file /nowhere/x")]
    [TestCase("a b", AnyFile, "module name 'a b'")]
    [TestCase("", AnyFile, "module name ''")]
    public void AFileForInstancesSaysWhatIsWrong(string name, string file, string says) =>
        Assert.That(
            () => new DataModule(name, file).Validated(),
            Throws.TypeOf<ImageException>().With.Message.Contains(says)
        );

    [Test]
    public void AFileTooLongForTheLoaderIsRefused()
    {
        var file = Path.GetTempFileName();
        try
        {
            using (var stream = File.OpenWrite(file))
            {
                // A hole: it takes no room.
                stream.SetLength(1L << 31);
            }

            Assert.That(
                () => new DataModule("x", file).Validated(),
                Throws.TypeOf<ImageException>().With.Message.Contains("2147483648 bytes")
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void ALayoutNamesFilesForInstances()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "driver\t/driver\t\ndata\tdisk.img\t/files/disk.img\n");
            Assert.That(
                ImageLayout.Read(file).Data,
                Is.EqualTo(new[] { new DataModule("disk.img", "/files/disk.img") })
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCase("a", "A")]
    public void TwoFilesOfOneNameAreRefused(string first, string second) =>
        Assert.That(
            () =>
                ImageWriter.Write(
                    new(AnyFile, "", []) { Data = [new(first, AnyFile), new(second, AnyFile)] },
                    "/nowhere/x.iso"
                ),
            Throws
                .TypeOf<ImageException>()
                .With.Message.Contains("two modules are called 'a' and 'A'")
        );

    [Test]
    public void ThePriorityAsTheCpuDriverTakesIt() =>
        Assert.That(
            new ImageModule("x", AnyFile, "0", Priority: "15").Validated().Priority,
            Is.EqualTo("15")
        );

    [TestCase("hello", "hello")]
    [TestCase("hello", "HELLO")]
    public void TwoInstancesOfOneNameAreRefused(string first, string second)
    {
        var modules = new[] { first, second }.Select(name => new ImageModule(name, AnyFile, "0"));
        Assert.That(
            () => ImageWriter.Write(new(AnyFile, "", [.. modules]), "/nowhere/x.iso"),
            Throws.TypeOf<ImageException>().With.Message.Contains(second)
        );
    }

    /// <summary>Names of the image's own files are free for instances.</summary>
    [Test]
    public void AnInstanceMayHaveAnyName()
    {
        var image = Path.GetTempFileName();
        var modules = new[] { "grub", "cpudriver.elf" }.Select(name => new ImageModule(
            name,
            AnyFile,
            "0"
        ));
        ImageWriter.Write(new(AnyFile, "", [.. modules]), image);
        Assert.That(new FileInfo(image).Length, Is.GreaterThan(0));
        File.Delete(image);
    }

    [Test]
    public void AnImageThatCannotBeWrittenIsNamed() =>
        Assert.That(
            () =>
                ImageWriter.Write(
                    new(AnyFile, "", [new("x", AnyFile, "0")]),
                    "/dev/null/below/x.iso"
                ),
            Throws.TypeOf<ImageException>().With.Message.Contains("/dev/null/below/x.iso")
        );

    [TestCase("instance\tonly three\tfields")]
    [TestCase("driver\td\t\ninstance\ta\tb\t0\tmaybe\t\t\t\t\t")]
    [TestCase("driver\td\t\ninstance\ta\tb\t0\ttrue\t\t\t\tmaybe\t")]
    [TestCase("instance\ta\tb\t0\ttrue\t\t\t\t\t")]
    public void ADamagedLayoutIsRefused(string text)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, text + "\n");
        Assert.That(() => ImageLayout.Read(file), Throws.TypeOf<ImageException>());
        File.Delete(file);
    }
}
