using Cosmos.Multikernel.Drivers.Console.Driver;
using Cosmos.Multikernel.Drivers.Console.Keyboards;
using Cosmos.Multikernel.Drivers.Registers;
using Cosmos.Multikernel.Tests.Host.Registers;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Consoles;

/// <summary>The devices of a console, pretended: what is written to them, and what becomes of what they say.</summary>
[TestFixture]
public sealed class ConsoleDevicesTests
{
    [TestCase("", "us")]
    [TestCase("layout=de", "de")]
    [TestCase("layout=us layout=FR", "fr")]
    public void ArgumentsNameTheLayout(string arguments, string layout) =>
        Assert.That(
            ConsoleArguments.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            Has.Property("Layout").Property("Name").EqualTo(layout)
        );

    [TestCase("layout=xx")]
    [TestCase("layout")]
    [TestCase("de")]
    public void OtherArgumentsAreRefusedByName(string argument) =>
        Assert.That(
            () => ConsoleArguments.Parse([argument]),
            Throws
                .TypeOf<FormatException>()
                .With.Message.Contains($"'{argument}'")
                .And.Message.Contains("layout=de")
        );

    [Test]
    public async Task ABellSoundsAndEnds()
    {
        PretendWindow timer = new(2);
        PretendWindow port = new(1);
        port.Write8(0, 0x34);
        port.Accesses.Clear();
        TaskCompletionSource passed = new();
        Speaker speaker = new(timer, port, _ => passed.Task);
        var beep = speaker.RingAsync();
        Assert.That(speaker.RingAsync().IsCompleted, "one tone at a time");
        passed.SetResult();
        await beep;
        Assert.That(
            timer.Accesses,
            Is.EqualTo(new[] { "w8 0x1=0xb6", "w8 0x0=0x36", "w8 0x0=0x6" })
        );
        Assert.That(
            port.Accesses,
            Is.EqualTo(new[] { "r8 0x0", "w8 0x0=0x7", "r8 0x0", "w8 0x0=0x5" })
        );
    }

    /// <summary>A melody: each tone takes the place of the one before, which must not end it.</summary>
    [Test]
    public async Task AToneTakesThePlaceOfAnother()
    {
        PretendWindow timer = new(2);
        PretendWindow port = new(1);
        Queue<TaskCompletionSource> ends = [];
        Speaker speaker = new(
            timer,
            port,
            _ =>
            {
                ends.Enqueue(new TaskCompletionSource());
                return ends.Last().Task;
            }
        );
        ValueTask first = speaker.BeepAsync(440, 200);
        ValueTask second = speaker.BeepAsync(880, 300);
        Assert.That(
            timer.Accesses,
            Is.EqualTo(
                new[]
                {
                    "w8 0x1=0xb6",
                    "w8 0x0=0x97",
                    "w8 0x0=0xa",
                    "w8 0x1=0xb6",
                    "w8 0x0=0x4b",
                    "w8 0x0=0x5",
                }
            )
        );
        port.Accesses.Clear();
        ends.Dequeue().SetResult();
        await first;
        Assert.That(port.Accesses, Is.Empty, "the second sounds");
        Assert.That(speaker.RingAsync().IsCompleted, "the bell waits for nobody");
        ends.Dequeue().SetResult();
        await second;
        Assert.That(port.Accesses, Has.Count.EqualTo(2), "silence");
    }

    [TestCase(36, 1)]
    [TestCase(32768, 1)]
    [TestCase(440, 0)]
    public void WhatIsNoToneIsRefused(int hertz, int milliseconds)
    {
        Speaker speaker = new(new PretendWindow(2), new PretendWindow(1), _ => Task.CompletedTask);
        Assert.That(
            () => speaker.BeepAsync(hertz, milliseconds),
            Throws.ArgumentException.With.Message.Contains($"{hertz} Hz for {milliseconds} ms")
        );
    }

    [Test]
    public async Task TheControllerIsSetUpAndLeftTranslating()
    {
        PretendController controller = new() { Configuration = 0x70 };
        Assert.That(await controller.Driver.StartAsync(KeyboardLights.NumLock));
        Assert.That(controller.Configuration, Is.EqualTo(0x61), "interrupts on, keyboard on");
        Assert.That(controller.Driver.Take(), Is.Empty);
        Assert.That(controller.Received, Is.EqualTo(new byte[] { 0xf4, 0xed, 2 }));
    }

    /// <summary>The scan codes are of set 1 where the controller translates, else of set 2.</summary>
    [TestCase(0x41, new byte[] { 0x1e, 0x9e })]
    [TestCase(0x01, new byte[] { 0x1c, 0xf0, 0x1c })]
    public async Task KeysAreRead(byte configuration, byte[] codes)
    {
        PretendController controller = new() { Configuration = configuration };
        await controller.Driver.StartAsync(KeyboardLights.None);
        _ = controller.Driver.Take().ToList();
        controller.Say(codes);
        Assert.That(
            controller.Driver.Take(),
            Is.EqualTo(
                new[] { new KeyChange(KeyPosition.A, true), new KeyChange(KeyPosition.A, false) }
            )
        );
    }

    [Test]
    public async Task TheMouseIsNotHeard()
    {
        PretendController controller = new();
        await controller.Driver.StartAsync(KeyboardLights.None);
        _ = controller.Driver.Take().ToList();
        controller.SaysMouse = true;
        controller.Say(0x1e);
        Assert.That(controller.Driver.Take(), Is.Empty);
    }

    /// <summary>A byte that the keyboard did not understand is sent again, three times; then it is let be.</summary>
    [Test]
    public async Task WhatIsNotUnderstoodIsSaidAgain()
    {
        PretendController controller = new() { Answer = 0xfe };
        await controller.Driver.StartAsync(KeyboardLights.None);
        Assert.That(controller.Driver.Take(), Is.Empty);
        byte[] expected = [0xf4, 0xf4, 0xf4, 0xf4, 0xed, 0xed, 0xed, 0xed, 0, 0, 0, 0];
        Assert.That(controller.Received, Is.EqualTo(expected));
    }

    [Test]
    public async Task WhereThereIsNoControllerNothingHangs()
    {
        PretendController nothing = new() { IsThere = false };
        Assert.That(await nothing.Driver.StartAsync(KeyboardLights.None), Is.False);
        Assert.That(nothing.Driver.Take(), Is.Empty);
        PretendController stuck = new() { IsStuck = true };
        Assert.That(await stuck.Driver.StartAsync(KeyboardLights.None), Is.False);
    }

    /// <summary>An 8042 with a keyboard that answers at once.</summary>
    private sealed class PretendController
    {
        private readonly Queue<byte> output = [];
        private byte command;

        public PretendController()
        {
            Driver = new KeyboardController(
                new Port(ReadData, WriteData),
                new Port(ReadStatus, WriteCommand),
                _ => Task.CompletedTask
            );
        }

        public KeyboardController Driver { get; }

        public byte Configuration { get; set; } = 0x41;

        public byte Answer { get; init; } = 0xfa;

        public bool IsThere { get; init; } = true;

        public bool IsStuck { get; init; }

        public bool SaysMouse { get; set; }

        /// <summary>What the keyboard got.</summary>
        public List<byte> Received { get; } = [];

        public void Say(params byte[] codes)
        {
            foreach (var code in codes)
            {
                output.Enqueue(code);
            }
        }

        private byte ReadStatus() =>
            !IsThere ? (byte)0xff
            : IsStuck ? (byte)2
            : (byte)((output.Count > 0 ? 1 : 0) | (SaysMouse ? 0x20 : 0));

        private byte ReadData() => output.TryDequeue(out var value) ? value : (byte)0;

        private void WriteCommand(byte value)
        {
            command = value;
            if (value == 0x20)
            {
                output.Enqueue(Configuration);
            }
        }

        private void WriteData(byte value)
        {
            if (command == 0x60)
            {
                Configuration = value;
                command = 0;
                return;
            }

            Received.Add(value);
            output.Enqueue(Answer);
        }
    }

    /// <summary>A port of one byte.</summary>
    private sealed class Port(Func<byte> read, Action<byte> write) : PretendWindow(1)
    {
        public override byte Read8(long offset) => read();

        public override void Write8(long offset, byte value) => write(value);
    }
}
