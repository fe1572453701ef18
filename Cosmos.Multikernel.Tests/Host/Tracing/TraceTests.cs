using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Tracing;
using Cosmos.Multikernel.Tests.Host.Hosted;
using Cosmos.Multikernel.Tracing;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tracing;

/// <summary>Traces of hosted runs, and what is said about traces that are not whole.</summary>
[TestFixture]
public sealed class TraceTests
{
    private string file = null!;

    [SetUp]
    public void ChooseFile() => file = Path.GetTempFileName();

    [TearDown]
    public void DeleteFile() => File.Delete(file);

    [TestCase("ping 1 100; ping 3 50; shutdown")]
    [TestCase("ping 1 100; ping 3 50")]
    public async Task AScriptedRunLeavesATrace(string script)
    {
        using LauncherProcess launcher = new(
            "--built",
            "hosted",
            "--trace",
            file,
            "--exec",
            script
        );
        Assert.That(await launcher.EndAsync(), Is.Zero, launcher.Output);

        TraceContent trace = new(await File.ReadAllBytesAsync(file));
        trace.Check();
        Assert.That(trace.Cores, Is.EqualTo(new[] { 0, 1, 2, 3 }));
        string[] instances = ["0/shell", "1/hello", "2/hello", "3/hello"];
        Assert.That(instances, Is.SubsetOf(trace.Tracks));

        // A ping is a message there and one back.
        Assert.That(trace.Flows, Is.GreaterThanOrEqualTo(300));
        Assert.That(trace.Count(1, "receive"), Is.GreaterThanOrEqualTo(100));
        Assert.That(trace.Count(3, "send"), Is.GreaterThanOrEqualTo(50));
        Assert.That(trace.Count(2, "sleep"), Is.Positive);
        Assert.That(trace.Dropped, Is.Empty);
        Assert.That(
            launcher.Output,
            Does.Not.Contain("8421"),
            "the trace shows on a plain console"
        );
    }

    [Test]
    public async Task WithoutTracingTheShellSaysHowToGetATrace()
    {
        using LauncherProcess launcher = new(
            "--built",
            "hosted",
            "--cores",
            "1",
            "--exec",
            "trace"
        );
        Assert.That(await launcher.EndAsync(), Is.EqualTo(1));
        Assert.That(launcher.Output, Does.Contain("start the machine with run --trace"));
    }

    [TestCase("cosmos> ", "no trace")]
    [TestCase("\e]8421;begin\a\e]8421;recording;2\a\e]8421;piece;QUI=\a", "in the middle")]
    [TestCase(
        "\e]8421;begin\a\e]8421;recording;3\a\e]8421;piece;QUI=\a\e]8421;end\a",
        "has 2 bytes where it announced 3"
    )]
    [TestCase("\e]8421;begin\a\e]8421;recording;two\a", "damaged at 'recording;two'")]
    [TestCase("\e]8421;begin\a\e]8421;recording\a", "damaged at 'recording'")]
    [TestCase("\e]8421;begin\a\e]8421;piece;Q?==\a", "damaged at 'piece;Q?=='")]
    public void ATraceThatIsNotWholeIsAnError(string text, string says) =>
        Assert.That(
            () => TraceFile.Extract(text, "run.log"),
            Throws.TypeOf<CommandFailure>().With.Message.Contain(says)
        );

    [Test]
    public void TheLastTraceCountsAndTextAroundItDoesNot() =>
        Assert.That(
            TraceFile.Extract(
                "a\e]8421;begin\a\e]8421;recording;1\a\e]8421;piece;QQ==\a\e]8421;end\ab"
                    + "\e]8421;begin\a\e]133;A\a\e]8421;recording;3\a\e]8421;piece;QUI=\a[1 x] line\r\n\e]8421;piece;Qw==\a\e]8421;end\a",
                "run.log"
            ),
            Is.EqualTo(new[] { "ABC"u8.ToArray() })
        );

    [Test]
    public void BytesThatAreNoRecordingAreRefused([Values(0, 3, 40)] int length) =>
        Assert.That(
            () => ChromeTrace.Write([new byte[length]], Stream.Null),
            Throws.TypeOf<InvalidDataException>()
        );

    /// <summary>Whatever byte is spoilt, it is refused as damaged or it spoils only the picture.</summary>
    [Test]
    public void ADamagedRecordingIsRefused()
    {
        byte[] whole = new TraceRecording(
            1,
            "hello",
            0,
            [new TraceChannel(1, true, 0, "shell", "instance")],
            [new TraceEvent(5, 16, 1, 0, TraceKind.Send)],
            []
        ).ToBytes();
        int refused = 0;
        for (int at = 0; at < whole.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. whole];
                damaged[at] ^= (byte)(1 << bit);
                try
                {
                    ChromeTrace.Write([damaged], Stream.Null);
                }
                catch (InvalidDataException)
                {
                    refused++;
                }
            }
        }
        Assert.That(refused, Is.Positive);
    }
}
