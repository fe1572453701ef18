using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary><c>write-usb</c> on a loop device, which is a disk like a stick to it. Setting one up needs root.</summary>
[TestFixture]
public sealed class WriteUsbTests
{
    private const int DiskBytes = 8 << 20;

    private string _disk = null!;
    private string _image = null!;
    private string _device = null!;

    [SetUp]
    public async Task PlugIn()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("only root can set up a loop device");
        }

        _disk = Path.GetTempFileName();
        _image = Path.GetTempFileName();
        var content = new byte[(5 << 20) + 2048];
        new Random(5).NextBytes(content);
        await File.WriteAllBytesAsync(_image, content);
        await File.WriteAllBytesAsync(_disk, new byte[DiskBytes]);
        var (status, output, errors) = await HostProgram.RunAsync(
            "losetup",
            ["--find", "--show", _disk]
        );
        if (status != 0)
        {
            Assert.Ignore($"this machine has no loop devices: {errors.Trim()}");
        }

        _device = output.Trim();
    }

    [TearDown]
    public async Task PullOut()
    {
        if (_device is not null)
        {
            await HostProgram.RunAsync("losetup", ["--detach", _device]);
        }

        File.Delete(_disk ?? "");
        File.Delete(_image ?? "");
    }

    [Test]
    public async Task TheImageIsOnTheDiskByteForByte()
    {
        var (status, _, errors) = await WriteAsync("--any-disk", "--yes");
        Assert.That(status, Is.Zero, errors);
        Assert.That(errors, Does.Contain(_device));
        var written = await File.ReadAllBytesAsync(_disk);
        var image = await File.ReadAllBytesAsync(_image);
        Assert.That(written.AsSpan(0, image.Length).SequenceEqual(image));
        Assert.That(written.AsSpan(image.Length).ContainsAnyExcept((byte)0), Is.False);
    }

    /// <summary>Without a word of its user nothing is written: the end of input is no consent.</summary>
    [Test]
    public Task ItAsksFirst() => AssertRefusedAsync("nothing was written", "--any-disk");

    [Test]
    public Task AFixedDiskIsRefused() =>
        AssertRefusedAsync("neither removable nor on USB", "--yes");

    [Test]
    public async Task ADiskThatIsTooSmallIsRefused()
    {
        await File.WriteAllBytesAsync(_image, new byte[DiskBytes + 1]);
        await AssertRefusedAsync("the image needs", "--any-disk", "--yes");
    }

    private Task<(int Status, string Output, string Errors)> WriteAsync(params string[] options) =>
        CommandLineProgram.RunAsync(["write-usb", _device, "--image", _image, .. options]);

    private async Task AssertRefusedAsync(string says, params string[] options)
    {
        var (status, _, errors) = await WriteAsync(options);
        Assert.That(status, Is.EqualTo(1));
        Assert.That(errors, Does.Contain(says));
        var disk = await File.ReadAllBytesAsync(_disk);
        Assert.That(disk.AsSpan().ContainsAnyExcept((byte)0), Is.False, "the disk is as it was");
    }
}
