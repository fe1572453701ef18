using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>The same image on every kind of machine: each core runs its instance, which ends with status 42.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class BootTests
{
    private const int Status = 42;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    // Sixty-four emulated processors share what cores the host has, and Bochs interprets each instruction.
    private static readonly TimeSpan LongLimit = TimeSpan.FromMinutes(4);

    private string _image = null!;

    [OneTimeSetUp]
    public void WriteImage() =>
        _image = TestMachine.WriteImage(
            "boot",
            new ImageModule("boot", TestMachine.Fatal, "all", Arguments: "exit-42")
        );

    [Test]
    public Task Cores([Values(1, 2, 4, 8)] int cores) =>
        BootAsync($"cores-{cores}", Limit, options => options with { Cores = cores });

    [Test]
    public Task ManyCores([Values(16, 64)] int cores) =>
        BootAsync(
            $"cores-{cores}",
            LongLimit,
            options => options with { Cores = cores, Memory = 2048 }
        );

    [Test]
    public Task BiosUsb() => BootAsync("bios-usb", Limit, options => options with { Usb = true });

    [Test]
    public Task UefiCd() => BootAsync("uefi-cd", Limit, options => options with { Uefi = true });

    [Test]
    public Task UefiUsb() =>
        BootAsync("uefi-usb", Limit, options => options with { Uefi = true, Usb = true });

    /// <summary>The image's files copied to a FAT stick, as people and Rufus' "ISO mode" do, start by UEFI.</summary>
    [Test]
    public async Task UefiStickWithCopiedFiles()
    {
        var stick = await FatStick.CopyAsync(_image);
        await BootAsync(
            "uefi-fat",
            Limit,
            options => options with { Image = stick, Uefi = true, Usb = true }
        );
    }

    [Test]
    public Task OlderPc() =>
        BootAsync("pc", Limit, options => options with { Kind = MachineKind.Pc });

    [Test]
    public Task ProcessorWithoutExtras() =>
        BootAsync("qemu64", Limit, options => options with { Cpu = "qemu64" });

    [Test]
    public Task Bochs() =>
        BootAsync(
            "bochs",
            LongLimit,
            options => options with { Kind = MachineKind.Bochs, Memory = 256 }
        );

    /// <summary>Firmware describes empty sockets too, as processors that are not enabled.</summary>
    [Test]
    public async Task EmptySocketsAreNoCores()
    {
        var text = await BootAsync(
            "sockets",
            Limit,
            options => options with { Cores = 2, CoreSlots = 4 }
        );
        Assert.That(text, Does.Contain("2 cores").And.Not.Contain("[2 boot]"));
    }

    [Test]
    public async Task TwentyInARow()
    {
        for (var boot = 1; boot <= 20; boot++)
        {
            await BootAsync($"row-{boot}", Limit);
        }
    }

    private async Task<string> BootAsync(
        string name,
        TimeSpan limit,
        Func<MachineOptions, MachineOptions>? choose = null
    )
    {
        await using var machine = await TestMachine.BootAsync($"boot-{name}", _image, choose);
        var watch = new InstanceWatch(machine, limit);
        for (var core = 0; core < machine.Options.Cores; core++)
        {
            var end = await watch.EndOfAsync("boot", core);
            Assert.That(end.Status, Is.EqualTo(Status), end.Text);
        }

        Assert.That(watch.Panics, Is.Empty);
        return machine.Serial.From(0);
    }
}
