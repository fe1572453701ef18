using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>SHA256SUMS beside the images: one line for each, as sha256sum reads them.</summary>
[TestFixture]
public sealed class ImageChecksumsTests
{
    private string _folder = null!;

    private string SumsFile => Path.Combine(_folder, ImageChecksums.FileName);

    [SetUp]
    public void MakeFolder() =>
        _folder = Directory.CreateTempSubdirectory("cosmos-checksums-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task EachImageHasItsLine()
    {
        ImageChecksums.Update(Write("b.iso", "two"));
        ImageChecksums.Update(Write("a.iso", "one"));
        ImageChecksums.Update(Write("b.iso", "changed"));
        Assert.That(File.ReadAllLines(SumsFile), Has.Length.EqualTo(2));
        await HostProgram.RunToolAsync("sh", "-c", $"cd '{_folder}' && sha256sum -c {SumsFile}");
    }

    [Test]
    public void AnImageThatIsGoneHasNone()
    {
        var gone = Write("gone.iso", "one");
        ImageChecksums.Update(gone);
        File.Delete(gone);
        ImageChecksums.Update(Write("stays.iso", "two"));
        Assert.That(
            File.ReadAllText(SumsFile),
            Does.EndWith("  stays.iso\n").And.Not.Contain("gone")
        );
    }

    [Test]
    public void ImagesMadeAtOnceAllHaveTheirs()
    {
        var images = Enumerable.Range(0, 8).Select(i => Write($"{i}.iso", $"{i}")).ToList();
        Parallel.ForEach(images, ImageChecksums.Update);
        Assert.That(File.ReadAllLines(SumsFile), Has.Length.EqualTo(images.Count));
    }

    [Test]
    public void AnImageThatIsNotThereIsNamed() =>
        Assert.That(
            () => ImageChecksums.Update(Path.Combine(_folder, "nowhere.iso")),
            Throws.TypeOf<ImageException>().With.Message.Contains("nowhere.iso")
        );

    private string Write(string name, string content)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, content);
        return file;
    }
}
