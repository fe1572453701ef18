using System.Security.Cryptography;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>The same programs give the same image, bit for bit, wherever and whenever it is made.</summary>
[TestFixture]
public sealed class ReproducibleImageTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() =>
        _folder = Directory.CreateTempSubdirectory("cosmos-reproducible-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task TwoFoldersGiveOneImage()
    {
        var first = Make("first", reversed: false);
        // Dates on an image are whole seconds.
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        var second = Make("another/and/deeper", reversed: true);
        Assert.That(Sum(second), Is.EqualTo(Sum(first)));
    }

    [Test]
    public void AnotherProgramGivesAnotherImage()
    {
        var first = Make("first", reversed: false);
        var second = Make("second", reversed: false, content: "changed");
        Assert.That(Sum(second), Is.Not.EqualTo(Sum(first)));
    }

    // The programs' files come into being in another order, with other dates: neither may be seen in the image.
    private string Make(string name, bool reversed, string content = "program")
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        List<string> names = ["alpha", "beta", "gamma", "driver"];
        foreach (var file in reversed ? names.AsEnumerable().Reverse() : names)
        {
            File.WriteAllText(Path.Combine(folder, file), $"{content} {file}");
        }

        File.SetLastWriteTimeUtc(
            Path.Combine(folder, "beta"),
            new(reversed ? 2001 : 2002, 3, 4, 5, 6, 7, DateTimeKind.Utc)
        );
        var image = Path.Combine(folder, "test.iso");
        var modules = names[..3]
            .Select(module => new ImageModule(module, Path.Combine(folder, module), "all"));
        ImageWriter.Write(new(Path.Combine(folder, "driver"), "", [.. modules]), image);
        return image;
    }

    private static string Sum(string file)
    {
        using var content = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
