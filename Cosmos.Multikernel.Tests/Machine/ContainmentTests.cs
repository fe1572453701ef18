using System.Text;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Instances.Fatal;
using Cosmos.Multikernel.Tests.Instances.Hostile;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// One boot in which instances die in every way, attack their CPU driver, or are no programs at all. Each ends alone, with
/// its report; the shell on core 0 goes on.
/// </summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class ContainmentTests
{
    private const int SignalBase = 128;
    private const int Refused = 126;
    private const int HostileCore = 1;
    private const string DamagedName = "damaged";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private VirtualMachine _machine = null!;
    private InstanceWatch _watch = null!;
    private ShellSession _shell = null!;

    public static IEnumerable<TestCaseData> FatalCases() =>
        FatalTable.Cases.Select(
            (fatal, index) =>
                new TestCaseData(
                    fatal.Name,
                    CoreOf(index),
                    fatal.Kind == EndKind.Status ? fatal.Value : SignalBase + fatal.Value,
                    fatal.Says
                )
        );

    public static IEnumerable<string> HostileCases() =>
        HostileTable.Cases.Select(testCase => $"{HostileTable.Suite}.{testCase.Name}");

    public static IEnumerable<TestCaseData> DamagedFiles() =>
        DamagedPrograms()
            .Select((damaged, index) => new TestCaseData($"{DamagedName}-{index}", damaged.What));

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        var folder = Directory.CreateTempSubdirectory("cosmos-damaged-");
        try
        {
            _machine = await TestMachine.BootAsync(
                "containment",
                TestMachine.WriteImage("containment", Modules(folder.FullName)),
                options => options with { Memory = 2048 }
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        _watch = new InstanceWatch(_machine, Limit);
        _shell = new ShellSession(_machine);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    [TestCaseSource(nameof(FatalCases))]
    public async Task EndsAlone(string name, int core, int status, string? says)
    {
        var end = await _watch.EndOfAsync(name, core);
        Assert.That(end.Status, Is.EqualTo(status), end.Text);
        if (says is not null)
        {
            // The report of the instance itself: the exception's message, on a line that names core and instance.
            var own = _machine
                .Serial.From(0)
                .Split('\n')
                .Where(line => line.Contains($"[{core} {name}]", StringComparison.Ordinal));
            Assert.That(own, Has.Some.Contains(says));
        }
    }

    [TestCaseSource(nameof(HostileCases))]
    public Task Hostile(string name) => _watch.AssertRecordAsync(name, HostileCore);

    [TestCaseSource(nameof(DamagedFiles))]
    public async Task DamagedFileIsRefused(string name, string what)
    {
        var end = await _watch.EndOfAsync(name, core: 2);
        Assert.That(end.Status, Is.EqualTo(Refused), $"{what}: {end.Text}");
    }

    /// <summary>After all of that the shell answers, and no CPU driver has fallen.</summary>
    [Test]
    public async Task TheOthersGoOn()
    {
        foreach (var instance in FatalTable.Cases.Select((fatal, i) => (fatal.Name, CoreOf(i))))
        {
            await _watch.EndOfAsync(instance.Name, instance.Item2);
        }

        await _watch.EndOfAsync(HostileTable.Suite, HostileCore);
        await _shell.WaitForPromptAsync(Limit, CancellationToken.None);
        var result = await _shell.RunAsync(
            "echo still here",
            _ => { },
            Limit,
            CancellationToken.None
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Status, Is.Zero);
            Assert.That(result.Output, Does.Contain("still here"));
            Assert.That(_watch.Panics, Is.Empty);
        }
    }

    private static int CoreOf(int index) => 1 + (index % 3);

    private static IEnumerable<ImageModule> Modules(string folder)
    {
        yield return new("shell", TestMachine.Shell, "0", IsConsole: true);
        foreach (var (fatal, index) in FatalTable.Cases.Select((fatal, index) => (fatal, index)))
        {
            yield return new(
                fatal.Name,
                TestMachine.Fatal,
                $"{CoreOf(index)}",
                Memory: "64M",
                Arguments: fatal.Name
            );
        }

        yield return new(HostileTable.Suite, TestMachine.Hostile, $"{HostileCore}");
        foreach (
            var (damaged, index) in DamagedPrograms().Select((damaged, index) => (damaged, index))
        )
        {
            var file = Path.Combine(folder, $"{index}");
            File.WriteAllBytes(file, damaged.Make(File.ReadAllBytes(TestMachine.Fatal)));
            yield return new($"{DamagedName}-{index}", file, "2");
        }
    }

    private static IEnumerable<(string What, Func<byte[], byte[]> Make)> DamagedPrograms() =>
        [
            ("a text", _ => Encoding.ASCII.GetBytes("This is no program.\n")),
            ("one byte", _ => [0x7F]),
            ("the first half", whole => whole[..(whole.Length / 2)]),
            ("only its header", whole => whole[..64]),
            ("another machine's", whole => With(whole, offset: 18, 0xB7)),
            ("32 bits", whole => With(whole, offset: 4, 1)),
            ("program headers beyond the end", whole => With(whole, offset: 36, 0x7F)),
        ];

    // Offsets of the ELF64 header: e_ident[EI_CLASS] 4, e_machine 18, e_phoff 32 (System V ABI, chapter 4).
    private static byte[] With(byte[] whole, int offset, byte value)
    {
        whole[offset] = value;
        return whole;
    }
}
