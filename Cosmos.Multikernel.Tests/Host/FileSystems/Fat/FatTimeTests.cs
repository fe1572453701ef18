using System.Globalization;
using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Fat;
using Cosmos.Multikernel.Files;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Fat;

/// <summary>Dates of FAT: those that mtools wrote, those that it reads, and those that FAT cannot express.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class FatTimeTests
{
    private static readonly FatShape Shape = new("times", 1440, "-F 12");

    // Rounded down to the two seconds that FAT counts in. From March 2100 on mtools has a day too much.
    [TestCase("1980-01-01 00:00:00", "1980-01-01 00:00:00")]
    [TestCase("1999-12-31 23:59:59", "1999-12-31 23:59:58")]
    [TestCase("2000-02-29 12:34:56", "2000-02-29 12:34:56")]
    [TestCase("2026-11-28 20:15:01", "2026-11-28 20:15:00")]
    [TestCase("2100-02-28 23:59:58", "2100-02-28 23:59:58")]
    public async Task MtoolsAndWeMeanTheSame(string text, string kept)
    {
        using FatImage image = new(Shape);
        string folder = image.Folder("in");
        File.WriteAllText(Path.Combine(folder, "theirs"), "");
        File.SetLastWriteTimeUtc(Path.Combine(folder, "theirs"), Parse(text));
        image.Fill(folder);
        FatVolume volume = await image.MountAsync();
        Assert.That(await ModifiedAsync(volume, "/theirs"), Is.EqualTo(Parse(kept)));

        FileNode ours = await volume.WriteFileAsync("/ours", new byte[3]);
        await volume.SetStatusAsync(ours, new StatusChange(Modified: Parse(text)));
        Assert.That(await ModifiedAsync(volume, "/ours"), Is.EqualTo(Parse(kept)));
        await volume.UnmountAsync();
        string extracted = image.Folder("out");
        image.Extract(extracted);
        Assert.That(
            File.GetLastWriteTimeUtc(Path.Combine(extracted, "ours")),
            Is.EqualTo(Parse(kept))
        );
    }

    [TestCase("1970-01-01 00:00:00", "1980-01-01 00:00:00")]
    [TestCase("2107-12-31 23:59:59", "2107-12-31 23:59:58")]
    [TestCase("2108-01-01 00:00:00", "2107-12-31 23:59:58")]
    [TestCase("9999-12-31 23:59:59", "2107-12-31 23:59:58")]
    public async Task WhatFatCannotExpressIsTheNearestItCan(string text, string kept)
    {
        using FatImage image = new(Shape);
        FatVolume volume = await image.MountAsync();
        FileNode file = await volume.WriteFileAsync("/file", new byte[3]);
        await volume.SetStatusAsync(file, new StatusChange(Modified: Parse(text)));
        Assert.That(await ModifiedAsync(volume, "/file"), Is.EqualTo(Parse(kept)));
        await volume.UnmountAsync();
        FatVolume again = await image.MountAsync();
        Assert.That(await ModifiedAsync(again, "/file"), Is.EqualTo(Parse(kept)));
    }

    /// <summary>A new file is of now, by hundredths; writing changes one of its times, reading none.</summary>
    [Test]
    public async Task TimesFollowTheClock()
    {
        using FatImage image = new(Shape);
        Clock clock = new(Parse("2026-11-28 20:15:01").AddMilliseconds(230));
        FatVolume volume = await image.MountAsync(clock);
        FileNode file = await volume.WriteFileAsync("/file", new byte[3]);
        clock.Now += TimeSpan.FromDays(1);
        await Trees.ReadAllAsync(volume, file);
        FileStatus status = await volume.GetStatusAsync(file);
        Assert.That(Time(status.Created), Is.EqualTo(Parse("2026-11-28 20:15:01.23")));
        Assert.That(Time(status.Modified), Is.EqualTo(Parse("2026-11-28 20:15:00")));
        await volume.WriteAsync(file, 0, new byte[1]);
        await volume.UnmountAsync();
        FatVolume again = await image.MountAsync(clock);
        status = await again.GetStatusAsync(await again.FindAsync("/file"));
        Assert.That(Time(status.Created), Is.EqualTo(Parse("2026-11-28 20:15:01.23")));
        Assert.That(Time(status.Modified), Is.EqualTo(Parse("2026-11-29 20:15:00")));
        image.Check();
    }

    private static async Task<DateTime> ModifiedAsync(FatVolume volume, string path) =>
        Time((await volume.GetStatusAsync(await volume.FindAsync(path))).Modified);

    private static DateTime Time(long nanoseconds) =>
        DateTime.UnixEpoch.AddTicks(nanoseconds / 100);

    private static DateTime Parse(string text) =>
        DateTime.Parse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
        );

    private sealed class Clock(DateTime now) : TimeProvider
    {
        public DateTime Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => new(Now);
    }
}
