using Cosmos.Multikernel.Drivers.Console.Keyboards;
using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Console.Driver;

/// <summary>What the controller's status port says.</summary>
[Flags]
internal enum KeyboardStatus : byte
{
    /// <summary>The data port has a byte to read.</summary>
    OutputFull = 1,

    /// <summary>The controller has not taken the last byte yet.</summary>
    InputFull = 2,

    /// <summary>The byte to read is the mouse's.</summary>
    FromMouse = 0x20,
}

/// <summary>The data port: to and from controller and keyboard.</summary>
[DeviceRegisters("IBM PS/2 technical reference, keyboard and auxiliary device controller")]
internal sealed partial class KeyboardDataPort
{
    [Register(0)]
    public partial byte Data { get; set; }
}

/// <summary>The other port.</summary>
[DeviceRegisters("IBM PS/2 technical reference, keyboard and auxiliary device controller")]
internal sealed partial class KeyboardControlPort
{
    [Register(0)]
    public partial KeyboardStatus Status { get; }

    [Register(0)]
    public partial byte Command { set; }
}

/// <summary>
/// The keyboard controller (8042) and the keyboard behind it. The controller keeps the translation to scan code set 1 as the firmware
/// left it: firmware that makes a USB keyboard look like this one often knows no other, and the CPU driver's own keyboard reader,
/// which takes over when this driver dies, expects it.
/// </summary>
internal sealed class KeyboardController
{
    private const byte ReadConfiguration = 0x20;
    private const byte WriteConfiguration = 0x60;
    private const byte DisableKeyboard = 0xad;
    private const byte EnableKeyboard = 0xae;

    // Bits of the configuration byte.
    private const byte InterruptsOn = 1;
    private const byte KeyboardOff = 0x10;
    private const byte Translates = 0x40;

    // To the keyboard, and its answers.
    private const byte SetLights = 0xed;
    private const byte EnableScanning = 0xf4;
    private const byte Acknowledged = 0xfa;
    private const byte Resend = 0xfe;

    // Where there is no controller, ports read as all ones.
    private const KeyboardStatus Nothing = (KeyboardStatus)0xff;
    private const int MostPending = 64;
    private const int MostResends = 3;
    private const int MostCommands = 16;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);
    private const int MostSteps = 50;

    private readonly KeyboardDataPort data;
    private readonly KeyboardControlPort control;
    private readonly Func<TimeSpan, Task> delay;
    private readonly Queue<byte> commands = [];
    private ScanCodeReader reader = new(isSet1: true);
    private bool awaitsAnswer;
    private int resends;

    /// <summary>A controller that has not been looked at.</summary>
    /// <param name="data">Its data port.</param>
    /// <param name="control">Its command and status port.</param>
    /// <param name="delay">Lets time pass.</param>
    public KeyboardController(
        RegisterWindow data,
        RegisterWindow control,
        Func<TimeSpan, Task> delay
    )
    {
        this.data = new KeyboardDataPort(data);
        this.control = new KeyboardControlPort(control);
        this.delay = delay;
    }

    /// <summary>Sets it up, so that keys raise interrupts.</summary>
    /// <returns>False when there is no controller, or none that answers.</returns>
    public async Task<bool> StartAsync(KeyboardLights lights)
    {
        if (control.Status == Nothing || !await CommandAsync(DisableKeyboard))
        {
            return false;
        }
        Drain();
        if (!await CommandAsync(ReadConfiguration) || await ReadAsync() is not { } configuration)
        {
            return false;
        }
        reader = new ScanCodeReader((configuration & Translates) != 0);
        byte wanted = (byte)((configuration | InterruptsOn) & ~KeyboardOff);
        if (
            !await CommandAsync(WriteConfiguration)
            || !await WriteAsync(wanted)
            || !await CommandAsync(EnableKeyboard)
        )
        {
            return false;
        }
        Send(EnableScanning);
        Show(lights);
        return true;
    }

    /// <summary>Lets the keyboard's lights shine.</summary>
    public void Show(KeyboardLights lights)
    {
        Send(SetLights);
        Send((byte)lights);
    }

    /// <summary>Takes all that waits: after an interrupt.</summary>
    public IEnumerable<KeyChange> Take()
    {
        for (int i = 0; i < MostPending; i++)
        {
            KeyboardStatus status = control.Status;
            if (status == Nothing || (status & KeyboardStatus.OutputFull) == 0)
            {
                yield break;
            }
            byte code = data.Data;
            if ((status & KeyboardStatus.FromMouse) != 0 || TakeAnswer(code))
            {
                continue;
            }
            if (reader.Take(code) is { } change)
            {
                yield return change;
            }
        }
    }

    // A byte goes to the keyboard when it has answered the one before.
    private void Send(byte command)
    {
        if (commands.Count == MostCommands)
        {
            // It never answers.
            return;
        }
        commands.Enqueue(command);
        if (!awaitsAnswer)
        {
            SendNext();
        }
    }

    private void SendNext()
    {
        awaitsAnswer = commands.Count > 0;
        if (awaitsAnswer)
        {
            data.Data = commands.Peek();
        }
    }

    private bool TakeAnswer(byte code)
    {
        if (!awaitsAnswer || code is not (Acknowledged or Resend))
        {
            return false;
        }
        if (code == Resend && resends < MostResends)
        {
            resends++;
        }
        else
        {
            resends = 0;
            commands.Dequeue();
        }
        SendNext();
        return true;
    }

    private void Drain()
    {
        for (int i = 0; i < MostPending && (control.Status & KeyboardStatus.OutputFull) != 0; i++)
        {
            _ = data.Data;
        }
    }

    private async Task<bool> CommandAsync(byte command)
    {
        bool isReady = await WaitAsync(KeyboardStatus.InputFull, wanted: 0);
        if (isReady)
        {
            control.Command = command;
        }
        return isReady;
    }

    private async Task<bool> WriteAsync(byte value)
    {
        bool isReady = await WaitAsync(KeyboardStatus.InputFull, wanted: 0);
        if (isReady)
        {
            data.Data = value;
        }
        return isReady;
    }

    private async Task<byte?> ReadAsync() =>
        await WaitAsync(KeyboardStatus.OutputFull, KeyboardStatus.OutputFull) ? data.Data : null;

    private async Task<bool> WaitAsync(KeyboardStatus bit, KeyboardStatus wanted)
    {
        for (int i = 0; (control.Status & bit) != wanted; i++)
        {
            if (i == MostSteps)
            {
                return false;
            }
            await delay(Step);
        }
        return true;
    }
}
