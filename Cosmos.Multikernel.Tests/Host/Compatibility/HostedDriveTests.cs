using Cosmos.Multikernel.Compatibility.Hosted;
using Cosmos.System.FileSystem;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>Drive 0 in a hosted kernel's own calls of System.IO, which is Linux's.</summary>
[NonParallelizable]
public sealed class HostedDriveTests
{
    private DirectoryInfo folder = null!;
    private string directoryBefore = "";

    [SetUp]
    public void Begin()
    {
        folder = Directory.CreateTempSubdirectory("cosmos-drive");
        Drive.Folder = folder.FullName;
        directoryBefore = Directory.GetCurrentDirectory();
    }

    [TearDown]
    public void End()
    {
        Directory.SetCurrentDirectory(directoryBefore);
        folder.Delete(recursive: true);
    }

    // What a kernel does, and what comes of it. All of it is code of the program that is rewritten.
    [TestCase(
        @"File.WriteAllText(@""0:\a.txt"", ""hello""); return File.ReadAllText(""0:\\a.txt"") + File.Exists(@""0:\a.txt"") + File.Exists(@""0:\b.txt"");",
        "helloTrueFalse"
    )]
    [TestCase(
        @"File.WriteAllText(@""0:\a.txt"", ""x""); File.AppendAllText(@""0:\a.txt"", ""y""); File.Copy(@""0:\a.txt"", @""0:\b.txt"", true); File.Move(@""0:\b.txt"", @""0:\c.txt""); var all = Directory.GetFiles(@""0:\""); Array.Sort(all); return string.Join("","", all);",
        @"0:\a.txt,0:\c.txt"
    )]
    [TestCase(
        @"Directory.CreateDirectory(@""0:\d\e""); File.WriteAllBytes(@""0:\d\e\f"", new byte[3]); foreach (var x in Directory.EnumerateDirectories(@""0:\d"")) return x + new FileInfo(@""0:\d\e\f"").Length; return """";",
        @"0:\d\e3"
    )]
    [TestCase(
        @"Directory.CreateDirectory(@""0:\d""); Directory.SetCurrentDirectory(@""0:\d""); File.WriteAllText(""r.txt"", ""relative""); return Directory.GetCurrentDirectory() + File.ReadAllText(@""0:\d\r.txt"");",
        @"0:\drelative"
    )]
    [TestCase(
        @"using (var s = new FileStream(@""0:\s"", FileMode.Create, FileAccess.Write)) s.WriteByte(65); using (var w = new StreamWriter(@""0:\t"", true)) w.Write(""text""); using (var r = new StreamReader(@""0:\t"")) return r.ReadToEnd() + File.ReadAllText(@""0:\s"") + new FileInfo(@""0:\s"").FullName + new DirectoryInfo(@""0:\"").Exists;",
        @"textA0:\sTrue"
    )]
    [TestCase(
        @"return Path.Combine(@""0:\a"", ""b"") + Path.GetFileName(@""0:\a\b.txt"") + Path.GetDirectoryName(@""0:\a\b.txt"") + Path.GetExtension(@""0:\a.b\c"") + Path.GetPathRoot(@""0:\a"") + Path.GetFullPath(@""0:\a\..\b"") + Path.ChangeExtension(@""0:\a.b\c"", ""d"");",
        @"0:\a\bb.txt0:\a0:\0:\b0:\a.b\c.d"
    )]
    [TestCase(
        @"string name = Environment.TickCount64 > 0 ? @""0:\yes"" : ""no""; File.WriteAllText(name, Environment.TickCount64 > 0 ? ""1"" : ""2""); return File.ReadAllText(@""0:\yes"");",
        "1"
    )]
    [TestCase(
        @"try { File.ReadAllText(@""0:\none""); return ""?""; } catch (FileNotFoundException) { return ""none""; }",
        "none"
    )]
    [TestCase(
        @"Func<string, string> read = p => File.ReadAllText(p); File.WriteAllText(@""0:\l"", ""lambda""); return read(@""0:\l"");",
        "lambda"
    )]
    [TestCase(
        @"return DriveInfo.GetDrives().Length + DriveInfo.GetDrives()[0].Name + (new DriveInfo(""0"").TotalSize > 0);",
        @"10:\True"
    )]
    [TestCase(@"return File.Exists(""/etc/passwd"").ToString();", "True")]
    public void AProgramFindsIt(string body, string expected)
    {
        using Rewritten rewritten = new(
            $$"""
            using System; using System.IO;
            public static class Test { public static object Run() { {{body}} } }
            """,
            inPlace: true
        );
        Assert.That(
            rewritten.Result.Diagnostics.Select(static found => found.ToString()),
            Is.Empty
        );
        Assert.That(rewritten.Call("Run"), Is.EqualTo(expected));
    }

    [TestCase(@"0:\a\b.txt", "/a/b.txt")]
    [TestCase("0:/a/../b", "/b")]
    [TestCase(@"0:\..\..\a", "/a")]
    [TestCase(@"x\0:\a", "/a")]
    [TestCase("0:", "")]
    public void APathOfTheDriveIsInItsFolder(string path, string inFolder) =>
        Assert.That(HostedPaths.ToLinux(path), Is.EqualTo(folder.FullName + inFolder));

    [TestCase("/etc/passwd", "/etc/passwd")]
    [TestCase(@"a\b", "a/b")]
    [TestCase("", "")]
    [TestCase(null, null)]
    [TestCase(@"1:\a", @"1:\a")]
    public void OthersStayLinuxs(string? path, string? expected) =>
        Assert.That(HostedPaths.ToLinux(path), Is.EqualTo(expected));

    [Test]
    public void WhatIsBesideTheFolderIsNotOnTheDrive()
    {
        Assert.That(HostedPaths.FromLinux(folder.FullName + "x/y"), Does.StartWith("/"));
        Assert.That(HostedPaths.FromLinux(folder.FullName), Is.EqualTo(@"0:\"));
        Assert.That(HostedPaths.FromLinux(folder.FullName + "/y"), Is.EqualTo(@"0:\y"));
    }
}
