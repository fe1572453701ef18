using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.Tests.Host.Tools;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.LinuxAbi;

/// <summary>The console's terminfo description, read by ncurses.</summary>
[TestFixture]
public sealed class TerminalDescriptionTests
{
    [Test]
    public async Task NcursesReadsIt()
    {
        var folder = Directory.CreateTempSubdirectory("cosmos-terminfo-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "x"));
            await File.WriteAllBytesAsync(Path.Combine(folder, "x/xterm-256color"), Description());
            var (status, output, errors) = await HostProgram.RunAsync(
                "infocmp",
                ["-A", folder, "-1", "-x", "xterm-256color"]
            );
            Assert.That(status, Is.Zero, errors);
            var entries = output.Split('\n').Select(line => line.Trim().TrimEnd(',')).ToList();
            string[] expected =
            [
                "am",
                "xenl",
                "colors#0x100",
                @"cup=\E[%i%p1%d;%p2%dH",
                @"clear=\E[H\E[2J",
                @"kcuu1=\E[A",
                @"kf1=\EOP",
                @"kf10=\E[21~",
                @"kf12=\E[24~",
                @"khome=\E[H",
                @"kend=\E[F",
                @"knp=\E[6~",
                "kbs=^?",
                @"u7=\E[6n",
                @"op=\E[39;49m",
                @"setaf=\E[%?%p1%{8}%<%t3%p1%d%e%p1%{16}%<%t9%p1%{8}%-%d%e38;5;%p1%d%;m",
            ];
            Assert.That(entries, Is.SupersetOf(expected));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void ItFitsItsRoom() =>
        Assert.That(Description(), Has.Length.LessThan((int)TerminalDescription.MaximumBytes));

    private static unsafe byte[] Description()
    {
        var buffer = stackalloc byte[(int)TerminalDescription.MaximumBytes];
        return new ReadOnlySpan<byte>(buffer, (int)TerminalDescription.Write(buffer)).ToArray();
    }
}
