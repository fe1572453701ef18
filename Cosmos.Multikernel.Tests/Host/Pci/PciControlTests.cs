using Cosmos.Multikernel.Drivers.Pci;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Pci;

/// <summary>What the device manager changes in a function's space for its driver.</summary>
[TestFixture]
public sealed class PciControlTests
{
    private const byte Msi = 0x05;
    private const byte MsiX = 0x11;
    private const byte Express = 0x10;
    private const int At = 0x40;
    private const uint LineDisabled = 1 << 10;

    private PretendPci space = null!;
    private PretendFunction pretended = null!;

    private PciFunction Make(params byte[] capabilities)
    {
        space = new PretendPci();
        pretended = space
            .Add(0, 1, 0, 0x10421af4, 0x010000)
            .WithCapabilities(capabilities)
            .Bar(1, 0xfebf_0000, 0xffff_f000);
        return PciScan.Run(space).Functions.Single();
    }

    private PciMessages? Find(PciFunction function) =>
        PciMessages.Find(
            function.Capabilities,
            function.Bars,
            offset => space.Read32(function.Address, offset)
        );

    [Test]
    public void MsiXComesBeforeMsi()
    {
        PciFunction function = Make(Msi, MsiX);
        pretended.SetByte(0x52, 3).Set(0x54, 0x801);
        Assert.That(
            Find(function),
            Is.EqualTo(new PciMessages(PciInterruptKind.MsiX, 0x50, 4, 1, 0x800))
        );
    }

    [TestCase(0x0000_0000u)]
    [TestCase(0x0000_0007u)]
    [TestCase(0x0000_0ff1u)]
    [TestCase(0xffff_fff9u)]
    public void ATableThatCannotBeThereIsNotUsed(uint table)
    {
        PciFunction function = Make(MsiX);
        pretended.SetByte(0x42, 3).Set(0x44, table);
        Assert.That(Find(function), Is.Null);
    }

    [Test]
    public void MsiXIsSwitchedOnAndTheLineOff()
    {
        PciFunction function = Make(MsiX);
        pretended.Set(0x44, 1).SetByte(0x43, 0x40);
        PciControl control = new(space, function);
        control.Open();
        control.EnableMsiX(Find(function)!.Value);
        Assert.That(pretended.Read(At) >> 30, Is.EqualTo(2), "enabled, not masked");
        Assert.That(pretended.Read(4) & 0x407, Is.EqualTo(LineDisabled | 3));
        control.SetBusMaster(true);
        Assert.That(control.IsBusMaster);
        control.Silence();
        Assert.That(pretended.Read(At) >> 31, Is.Zero);
        Assert.That(pretended.Read(4) & 0x404, Is.EqualTo(LineDisabled));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void MsiIsProgrammed(bool isWide)
    {
        PciFunction function = Make(Msi);
        // Up to 4 messages, masks.
        pretended.SetByte(0x42, 0x04 | (isWide ? 0x80 : 0)).SetByte(0x43, 1);
        pretended.Set(isWide ? 0x50 : 0x4c, uint.MaxValue);
        PciMessages messages = Find(function)!.Value;
        Assert.That(messages.Count, Is.EqualTo(4));
        new PciControl(space, function).EnableMsi(messages, 0xfee0_1000, 0x62, 2);
        Assert.That(pretended.Read(At) >> 16 & 0x71, Is.EqualTo(0x11), "two messages, enabled");
        Assert.That(pretended.Read(0x44), Is.EqualTo(0xfee0_1000));
        Assert.That(pretended.Read(isWide ? 0x4c : 0x48) & 0xffff, Is.EqualTo(0x62));
        Assert.That(pretended.Read(isWide ? 0x50 : 0x4c), Is.Zero, "no message is masked");
    }

    [TestCase(0x1000ul, 0x60u, 1)]
    [TestCase(0x1_fee0_0000ul, 0x60u, 1)]
    [TestCase(0xfee0_0000ul, 0x61u, 2)]
    [TestCase(0xfee0_0000ul, 0x60u, 8)]
    [TestCase(0xfee0_0000ul, 0x60u, 3)]
    [TestCase(0xfee0_0000ul, 0x60u, 0)]
    public void MessagesThatWouldOverwriteMemoryOrOthersAreRefused(
        ulong address,
        uint data,
        int count
    )
    {
        PciFunction function = Make(Msi);
        pretended.SetByte(0x42, 0x04);
        PciMessages messages = Find(function)!.Value;
        space.Writes.Clear();
        Assert.That(
            () => new PciControl(space, function).EnableMsi(messages, address, data, count),
            Throws.ArgumentException
        );
        Assert.That(space.Writes, Is.Empty);
    }

    [Test]
    public async Task AResetKeepsWhatTheFirmwareGave()
    {
        PciFunction function = Make(Express);
        pretended.Set(0x44, 1u << 28).Set(4, 7).SetByte(0x3c, 11);
        TimeSpan waited = TimeSpan.Zero;
        pretended.Written = (offset, value) =>
        {
            if (offset == 0x48 && (value & 0x8000) != 0)
            {
                // As the reset does.
                pretended.Set(4, 0).Set(0x10, 0).Set(0x14, 0).SetByte(0x3c, 0);
            }
        };
        bool done = await new PciControl(space, function).ResetAsync(time =>
        {
            waited = time;
            return Task.CompletedTask;
        });
        Assert.That(done);
        Assert.That(waited, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(100)));
        Assert.That(pretended.Read(0x14), Is.EqualTo(0xfebf_0000));
        Assert.That(pretended.Read(0x3c) & 0xff, Is.EqualTo(11));
        Assert.That(pretended.Read(4) & 7, Is.EqualTo(3), "it decodes, and is no bus master");
    }

    [Test]
    public async Task WhatCannotBeResetAloneIsSilenced()
    {
        PciFunction function = Make();
        pretended.Set(4, 7);
        Assert.That(
            await new PciControl(space, function).ResetAsync(_ => Task.CompletedTask),
            Is.False
        );
        Assert.That(pretended.Read(4) & 0x407, Is.EqualTo(LineDisabled | 3));
    }
}
