using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// Three kernels in the style of Cosmos, each driven as a user would in one boot on one core: a shell, a file browser and a guessing game
/// (samples/Cosmos*).
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Children)]
public sealed partial class CosmosKernelTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    [Test]
    public async Task TheShellKnowsTheMachine()
    {
        await using VirtualMachine machine = await BootAsync(
            "CosmosShell",
            devices: "port:0x70-0x71",
            Repository.DeviceManagerModule(""),
            Repository.MonitorModule
        );
        Conversation talk = new(machine, "root> ");
        await talk.HearAsync("Welcome to CosmosShell"); // [ManifestResourceStream]
        await talk.SayAsync(
            "cpu",
            @"vendor: \w{12}\s+brand: .*QEMU.*\s+speed: [1-9]\d* MHz\s+uptime: \d+ s"
        );
        await talk.SayAsync("mem", @"total: ([1-9]\d*) MB\s+available: \1 MB\s+used: [1-9]\d* KB");
        await talk.SayAsync("gc", @"freed: [1-9]\d{5}");
        await talk.SayAsync("time", $@"{DateTime.UtcNow:yyyy-MM}-\d\d \d\d:\d\d:\d\d");
        await talk.SayAsync(
            "port",
            @"seconds: [0-5]\d\s+Port 0x60 is not this instance's: its KernelInstance needs Devices=""port:0x60-0x60"""
        );
        await talk.SayAsync("lspci", @"host bridge[\s\S]*[1-9] devices");
        await talk.SayAsync("wait", "waited");
        await talk.SayAsync("version", Regex.Escape("version 1.0, from a plug")); // a plug of the program's own
        await talk.SayAsync("beep", "\a\a?beeped|\a[\\s\\S]*beeped"); // a plug of System.Console
        await talk.SayAsync("color", "\u001b\\[9\\dm#");
        await talk.SayAsync("nonsense", "nonsense: unknown command");
        await machine.SendAsync("key\r");
        await talk.HearAsync("press a key: ");
        await machine.SendAsync("q");
        await talk.HearAsync("Q 'q'");
        await talk.EndAsync("shutdown");
    }

    [Test]
    public async Task TheBrowserKnowsDriveZero()
    {
        using TestDisk floppy = new("floppy", kilobytes: 1440, "-F 12");
        string inside = floppy.Folder("in");
        File.WriteAllText(Path.Combine(inside, "inside.txt"), "from an image");
        floppy.Add(inside);
        await using VirtualMachine machine = await BootAsync(
            "CosmosFiles",
            devices: "",
            [
                new ImageModule(
                    "files",
                    TestMachine.DiskCore,
                    "0",
                    Memory: "48M",
                    Arguments: "module=disk.img"
                ),
            ],
            [
                new DataModule("disk.img", floppy.Path),
                new DataModule("note.txt", Path.Combine(inside, "inside.txt")),
            ]
        );
        Conversation talk = new(machine, @"0:\\.*>");
        await talk.HearAsync(
            @"0:\\ \w+, \d+ of \d+ MB free\s+File system: \w+\s+Label: 0:\\\s+Free: [1-9]\d* KB"
        );
        await talk.SayAsync("mkdir folder", "");
        await talk.SayAsync("write a.txt hello files", "");
        await talk.SayAsync("append a.txt , again", "");
        await talk.SayAsync(@"cat 0:\a.txt", "hello files, again");
        await talk.SayAsync("cat a.txt", "hello files, again");
        await talk.SayAsync("stream a.txt", "hello files, again");
        await talk.SayAsync("dir", @"a\.txt 18\s+<DIR> disk\.img\s+<DIR> folder\s+<DIR> tmp\s");
        // Boot modules: one is a disk whose files are in the tree, the other is read as it is.
        await talk.SayAsync(@"cat 0:\disk.img\inside.txt", "from an image");
        await talk.SayAsync(@"write disk.img\inside.txt changed", "Error: .*[Rr]ead-only");
        await talk.SayAsync("cat /dev/modules/note.txt", "from an image");
        await talk.SayAsync("cat /dev/modules/other.txt", "Error: ");
        await talk.SayAsync("files", @"a\.txt = 0:\\a\.txt");
        await talk.SayAsync("cd folder", "");
        await talk.SayAsync("pwd", @"0:\\folder\s");
        await talk.SayAsync("touch b.txt", "");
        await talk.SayAsync("info b.txt", @"b\.txt \| 0:\\folder\\b\.txt \| 0:\\folder \| 0\s");
        await talk.SayAsync("files", @"b\.txt = 0:\\folder\\b\.txt");
        await talk.SayAsync(@"cat ..\a.txt", "hello files, again");
        await talk.SayAsync("cd nowhere", "not found: nowhere");
        await talk.SayAsync("cd ..", @"\s0:\\>");
        await talk.SayAsync(
            @"path 0:\x\y\..\z.tar.gz",
            @"0:\\ \| 0:\\x\\y\\\.\. \| z\.tar \| \.gz \| 0:\\x\\z\.tar\.gz \| True"
        );
        await talk.SayAsync("del a.txt", "");
        await talk.SayAsync("del a.txt", @"Error: There is no file 0:\\a\.txt\.");
        await talk.SayAsync("rmdir folder", "");
        await talk.SayAsync("dir", @"(dir\s+)+<DIR> disk\.img\s+<DIR> tmp\s+0:\\>");
        await talk.SayAsync("drives", @"0:\\ True\s+0:\\ 1\s");
        await talk.SayAsync("format", "Error: Drive 0 is the machine's tree of files");
        await talk.EndAsync("shutdown");
    }

    [Test]
    public async Task TheGameIsPlayedKeyByKey()
    {
        await using VirtualMachine machine = await BootAsync("CosmosGame", devices: "");
        Conversation talk = new(machine, "Your guess: ");
        await talk.HearAsync("\u001b\\[\\?25l"); // A plug of System.Console hides the cursor.
        await talk.SayAsync("1000", "Between 1 and 100");
        int low = 1;
        int high = 100;
        while (true)
        {
            int guess = (low + high) / 2;
            // A key too many, taken back.
            Match answer = await talk.SayAsync($"{guess}7\b", "Too low|Too high|Right, after");
            if (answer.Value.StartsWith("Right", StringComparison.Ordinal))
            {
                break;
            }
            (low, high) = answer.Value == "Too low" ? (guess + 1, high) : (low, guess - 1);
            Assert.That(low, Is.LessThanOrEqualTo(high), "the answers contradict each other");
        }
        await machine.SendAsync("\u001b");
        await talk.HearAsync("Bye");
        await machine.Exited.WaitAsync(Limit);
    }

    private static Task<VirtualMachine> BootAsync(
        string kernel,
        string devices,
        params IEnumerable<ImageModule> others
    ) => BootAsync(kernel, devices, others, []);

    private static Task<VirtualMachine> BootAsync(
        string kernel,
        string devices,
        IEnumerable<ImageModule> others,
        IEnumerable<DataModule> data
    )
    {
        string image = TestMachine.WriteImage(
            kernel,
            [
                new ImageModule(
                    "kernel",
                    Repository.InstanceProgram(kernel),
                    "0",
                    IsConsole: true,
                    Devices: devices
                ),
                .. others,
            ],
            data
        );
        return TestMachine.BootAsync(
            kernel,
            image,
            options => options with { Cores = 1, Memory = 256 }
        );
    }

    /// <summary>A user who types a line when the kernel asks for one, and reads what comes.</summary>
    private sealed partial class Conversation(VirtualMachine machine, string prompt)
    {
        private int position;

        public async Task<Match> HearAsync(string pattern)
        {
            Match match = await machine.ExpectAsync(
                new Regex(pattern),
                Limit,
                CancellationToken.None,
                position
            );
            position += match.Index + match.Length;
            return match;
        }

        /// <summary>Types a line, and waits for the next prompt.</summary>
        /// <returns>What answered the pattern, before that prompt or with it.</returns>
        public async Task<Match> SayAsync(string line, string pattern)
        {
            await HearAsync(prompt);
            await machine.SendAsync(line + "\r");
            // The kernel's next question ends its answer; it is left for the next line.
            Match answer = await machine.ExpectAsync(
                new Regex($"(?<answer>[\\s\\S]*?)(?<prompt>{prompt})"),
                Limit,
                CancellationToken.None,
                position
            );
            // What other instances say meanwhile is not the kernel's.
            string said = OthersLine()
                .Replace(answer.Groups["answer"].Value + answer.Groups["prompt"].Value, "");
            position += answer.Index + answer.Groups["answer"].Length;
            Match found = Regex.Match(said, pattern);
            Assert.That(found.Success, Is.True, $"after '{line}': {said}");
            return found;
        }

        [GeneratedRegex(@"\[\d+ \w+\] .*\n")]
        private static partial Regex OthersLine();

        public async Task EndAsync(string line)
        {
            await HearAsync(prompt);
            await machine.SendAsync(line + "\r");
            await machine.Exited.WaitAsync(Limit);
        }
    }
}
