using System.Diagnostics;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Drivers.Console.Screens;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines.Screens;

/// <summary>
/// A machine's screen: UEFI's framebuffer is photographed and read by its glyphs, a BIOS's text screen is read from video memory.
/// </summary>
internal sealed class MachineScreen(VirtualMachine machine, string name)
{
    private const ulong TextAddress = 0xb8000;
    private const int TextColumns = 80;
    private const int TextRows = 25;
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(300);
    private readonly string _picture = Path.Combine(Repository.Logs, $"test-{name}.ppm");

    /// <summary>What it shows now.</summary>
    public async Task<ScreenText> ReadAsync()
    {
        if (!machine.Options.Uefi)
        {
            return ReadText(
                await machine.ReadMemoryAsync(
                    TextAddress,
                    TextColumns * TextRows * 2,
                    CancellationToken.None
                )
            );
        }

        await machine.ScreenshotAsync(_picture, CancellationToken.None);
        return FramebufferPicture.Read(await File.ReadAllBytesAsync(_picture));
    }

    /// <summary>Waits until it shows a text; fails the running test with what it shows instead when that does not come.</summary>
    public async Task<ScreenText> ExpectAsync(Regex pattern, TimeSpan limit)
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            var screen = await ReadAsync();
            if (pattern.IsMatch(screen.ToString()))
            {
                return screen;
            }

            if (Stopwatch.GetElapsedTime(begin) > limit || machine.Exited.IsCompleted)
            {
                Assert.Fail(
                    $"no /{pattern}/ on the screen within {limit.TotalSeconds:0} s:\n{screen}\n{machine.Errors}"
                );
            }

            await Task.Delay(Again);
        }
    }

    private static ScreenText ReadText(byte[] memory) =>
        new([
            .. Enumerable
                .Range(0, TextRows)
                .Select(row =>
                    (IReadOnlyList<ScreenCell>)
                        [
                            .. Enumerable
                                .Range(0, TextColumns)
                                .Select(column =>
                                {
                                    var at = (row * TextColumns + column) * 2;
                                    var colours = memory[at + 1];
                                    return new ScreenCell(
                                        CodePage437.CharacterOf(memory[at]),
                                        // Blue and red change places; the same change leads back.
                                        Palette.VgaOf(colours & 15),
                                        Palette.VgaOf(colours >> 4)
                                    );
                                }),
                        ]
                ),
        ]);
}
