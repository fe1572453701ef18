using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Host.FileSystems;
using Cosmos.Multikernel.Tests.Host.FileSystems.Steps;
using Cosmos.Multikernel.Tests.Instances.Disks;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// A thousand random operations on files of a FAT disk, by System.IO, while the machine is killed at random moments. Each time fsck.fat
/// finds at most lost clusters; what was flushed is there, as mtools reads it; of what was done since, nothing is there that never was; and
/// the machine boots again and goes on with the same disk. At last it is restarted from its keyboard, and fsck.fat finds nothing.
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed partial class RandomFileTests
{
    private const int Steps = 1_000;
    private const int Kills = 6;
    private const int UserCore = 0;
    private const int KeptFiles = 40;

    // Longer than a step takes: a kill is anywhere in one.
    private const int MostDelay = 40;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // Longer than it takes to write all back, and disks may take 8 s to park.
    private static readonly TimeSpan RestartPatience = TimeSpan.FromSeconds(12);

    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();
    private TestDisk _disk = null!;
    private string _image = null!;
    private string _lastImage = null!;
    private Dictionary<string, string> _kept = null!;

    /// <summary>What the serial line tells of a life.</summary>
    /// <param name="Begun">The number of the last step that was begun; one less than the first when none was.</param>
    /// <param name="Results">The results, of the first step on.</param>
    private sealed record Life(int Begun, IReadOnlyList<string> Results);

    [OneTimeSetUp]
    public void MakeDisk()
    {
        _disk = new TestDisk("random", kilobytes: 16 << 10, "-F 16 -s 2");
        var folder = _disk.Folder("in");
        var kept = Directory.CreateDirectory(Path.Combine(folder, KnownTree.Directory)).FullName;
        _kept = Trees.Make(kept, seed: 8, KeptFiles, largest: 30_000);
        Directory.CreateDirectory(Path.Combine(folder, FileSteps.Directory));
        _disk.Add(folder);
        var disk = $"disk={DiskDriver.Devices}";
        _image = WriteImage("random-files", Repository.DeviceManagerModule(disk));
        _lastImage = WriteImage(
            "random-files-last",
            Repository.DeviceManagerModule($"{disk} console=console"),
            Repository.ConsoleModule("1", layout: "us")
        );
    }

    private static string WriteImage(string name, params IEnumerable<ImageModule> others) =>
        TestMachine.WriteImage(
            name,
            [
                new ImageModule(
                    "disk-user",
                    TestMachine.DiskUser,
                    $"{UserCore}",
                    Arguments: "/disk0"
                ),
                Repository.DiskCoreModule("0"),
                Repository.DiskDriverModule("1"),
                .. others,
                Repository.MonitorModule,
            ]
        );

    [OneTimeTearDown]
    public void End() => _disk.Dispose();

    [Test]
    public async Task AThousandOperationsWithKillsAmongThem()
    {
        await TestContext.Out.WriteLineAsync($"seed {_seed}");
        var random = new Random((int)_seed);
        var steps = RandomSteps.Of(_seed, Steps);
        var next = 0;
        for (var kill = 1; kill <= Kills; kill++)
        {
            var share = (Steps - next) / (Kills + 1 - kill + 1);
            var enough = next + random.Next(share / 2, share * 3 / 2);
            next = await LiveAsync(steps, next, enough, random.Next(MostDelay), $"kill {kill}");
            if (kill % 2 == 0)
            {
                _disk.Repair();
            }
        }

        Assert.That(await LiveAsync(steps, next, Steps, null, "the end"), Is.EqualTo(Steps));
    }

    // Boots, and kills the machine some time after it has answered for a step, or restarts it when all are done; gives the next step to do.
    private async Task<int> LiveAsync(
        IReadOnlyList<FileStep> steps,
        int first,
        int enough,
        int? delay,
        string what
    )
    {
        // All is on the medium after the last one.
        var flush = new FileStep(Steps, FileAct.Flush, "", "", 0, 1);
        IReadOnlyList<FileStep> script = [.. steps.Skip(first), flush];
        _disk.Put(FileSteps.Script, script.Select(step => step.ToLine()));
        var before = Trees.ContentsOfHost(_disk.Extract(FileSteps.Directory));
        Life life;
        await using (
            var machine = await TestMachine.BootAsync(
                "random-files",
                delay is null ? _lastImage : _image,
                options => options with { Cores = 2, Disks = [new MachineDisk(_disk.Path)] }
            )
        )
        {
            var watch = new InstanceWatch(machine, Limit);
            await machine.ExpectAsync(
                new Regex(Regex.Escape($"step {Math.Min(enough, Steps)}: ")),
                Limit,
                CancellationToken.None
            );
            if (delay is { } milliseconds)
            {
                await Task.Delay(milliseconds);
            }
            else
            {
                await watch.AssertRecordAsync("disk-user.steps", UserCore);
                await RestartAsync(machine);
            }

            await machine.KillAsync();
            life = Read(machine.Serial.From(0), first);
            Assert.That(watch.Panics, Is.Empty);
        }

        what = $"{what}, seed {_seed}, steps {first} to {life.Begun}";
        await TestContext.Out.WriteLineAsync($"{what}, {life.Results.Count} answered for");
        var moments = Follow(script, life, before, what);
        if (delay is null)
        {
            _disk.CheckIsClean();
        }
        else
        {
            _disk.CheckAfterCrash(_disk.Copy(), what);
        }

        PowerFailure.AssertExplains(
            moments,
            Trees.ContentsOfHost(_disk.Extract(FileSteps.Directory)),
            what
        );
        Assert.That(Trees.OfHost(_disk.Extract(KnownTree.Directory)), Is.EqualTo(_kept), what);
        return Math.Min(life.Begun + 1, Steps);
    }

    // From the keyboard, as soon as its driver has it; QEMU ends at a restart.
    private static async Task RestartAsync(VirtualMachine machine)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!machine.Exited.IsCompleted && Stopwatch.GetElapsedTime(begin) < Limit)
        {
            await machine.PressAsync("ctrl+alt+delete", CancellationToken.None);
            await Task.WhenAny(machine.Exited, Task.Delay(RestartPatience));
        }

        Assert.That(machine.Exited.IsCompleted, Is.True, TestMachine.Describe(machine));
        Assert.That(await machine.Exited, Is.Zero);
    }

    // What was there when all was on the medium for the last time, and after each step since; results must be the model's.
    private static List<IReadOnlyDictionary<string, ModelEntry>> Follow(
        IReadOnlyList<FileStep> script,
        Life life,
        Dictionary<string, byte[]?> before,
        string what
    )
    {
        var model = new FileModel(before);
        List<IReadOnlyDictionary<string, ModelEntry>> moments = [model.Now];
        foreach (var step in script.TakeWhile(step => step.Number <= life.Begun))
        {
            var expected = model.Apply(step);
            var place = step.Number - script[0].Number;
            if (place < life.Results.Count)
            {
                Assert.That(life.Results[place], Is.EqualTo(expected), $"{what}: {step.ToLine()}");
                if (step.Act == FileAct.Flush)
                {
                    moments.Clear();
                }
            }

            moments.Add(model.Now);
        }

        return moments;
    }

    private static Life Read(string serial, int first)
    {
        // A line without an end may be a part of one.
        var lines = serial[..(serial.LastIndexOf('\n') + 1)];
        var begun = Begun().Matches(lines).Select(match => Number(match)).Append(first - 1).Max();
        string[] results = [.. Ended().Matches(lines).Select(match => match.Groups[2].Value)];
        return new Life(begun, results);
    }

    private static int Number(Match match) =>
        int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\[\d disk-user\] step (\d+) begins")]
    private static partial Regex Begun();

    [GeneratedRegex(@"\[\d disk-user\] step (\d+): (\S+)")]
    private static partial Regex Ended();
}
