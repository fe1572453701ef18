using Cosmos.Multikernel.Files;
using Cosmos.Multikernel.Tests.Host.Files;
using NUnit.Framework;
using N = Cosmos.Multikernel.Abi.SystemCallNumber;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>Drives and backslashes in paths: what they mean, and that system calls understand them where they are asked to.</summary>
public sealed class DrivePathTests
{
    [TestCase(@"0:\", "/")]
    [TestCase("0:", "/")]
    [TestCase("0:/", "/")]
    [TestCase(@"0:\file.txt", "/file.txt")]
    [TestCase(@"0:\folder\file.txt", "/folder/file.txt")]
    [TestCase(@"0:\folder/mixed\file", "/folder/mixed/file")]
    [TestCase("0:file", "/file")]
    [TestCase(@"/0:\file", "/file")]
    [TestCase(@"/folder/0:\file", "/file")]
    [TestCase(@"0:\0:\file", "/file")]
    [TestCase(@"0:\a\0:\b\c", "/b/c")]
    [TestCase(@"0:\..\file", "/../file")]
    [TestCase("/folder/file", "/folder/file")]
    [TestCase(@"folder\file", "folder/file")]
    [TestCase("file", "file")]
    [TestCase(@"\file", "/file")]
    [TestCase("", "")]
    [TestCase("/", "/")]
    [TestCase("//", "//")]
    [TestCase("a:b", "a:b")]
    [TestCase("12", "12")]
    public void MeanAPlaceInTheTree(string path, string expected)
    {
        Assert.That(DrivePaths.TryGetTreePath(path, out string inTree), Is.True);
        Assert.That(inTree, Is.EqualTo(expected));
    }

    [TestCase(@"1:\file")]
    [TestCase(@"0:\1:\file")]
    [TestCase("00:")]
    [TestCase(@"99999999999999999999:\")]
    public void ThereIsNoOtherDrive(string path) =>
        Assert.That(DrivePaths.TryGetTreePath(path, out _), Is.False);

    [Test]
    public void BackAndForthIsTheSame()
    {
        Random random = new(5);
        for (int i = 0; i < 1000; i++)
        {
            string inTree =
                "/"
                + string.Join(
                    '/',
                    Enumerable.Range(0, random.Next(5)).Select(_ => $"n{random.Next(100)}.x")
                );
            Assert.That(
                DrivePaths.TryGetTreePath(DrivePaths.FromTreePath(inTree), out string again),
                Is.True
            );
            Assert.That(again, Is.EqualTo(inTree));
        }
    }

    [Test]
    public void SystemCallsUnderstandThemWhereTheyAreAskedTo()
    {
        PretendCaller caller = new(hasDrives: true);
        Assert.That(caller.Call(N.Mkdir, caller.Put(@"0:\folder"), 0x1ff), Is.Zero);
        Assert.That(caller.Call(N.Chdir, caller.Put(@"0:\folder")), Is.Zero);
        Assert.That(caller.Call(N.Open, caller.Put("here"), 0x42, 0x1ff), Is.Positive);
        Assert.That(caller.Call(N.Access, caller.Put(@"/folder/0:\folder\here"), 0), Is.Zero);
        Assert.That(caller.Call(N.Access, caller.Put("/folder/here"), 0), Is.Zero);
        Assert.That(
            caller.Call(N.Access, caller.Put(@"1:\folder\here"), 0),
            Is.EqualTo(-(long)FileError.NotFound)
        );

        PretendCaller other = new();
        Assert.That(other.Call(N.Mkdir, other.Put(@"0:\folder"), 0x1ff), Is.Zero);
        Assert.That(other.Call(N.Access, other.Put(@"/0:\folder"), 0), Is.Zero);
        Assert.That(
            other.Call(N.Access, other.Put("/folder"), 0),
            Is.EqualTo(-(long)FileError.NotFound)
        );
    }
}
