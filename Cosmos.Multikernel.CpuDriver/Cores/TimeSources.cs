// Measures the clocks once, at boot: the timestamp counter and the local APIC timer against a counter whose rate is known, and
// the date.

using Cosmos.Multikernel.CpuDriver.Console;

namespace Cosmos.Multikernel.CpuDriver.Cores;

public static unsafe class TimeSources
{
    // The PIT (Intel 8254): counts down at this rate; channel 2 is gated by port 61h and interrupts nobody.
    private const ulong PitHertz = 1_193_182;
    private const ushort PitChannel2 = 0x42;
    private const ushort PitCommand = 0x43;
    private const ushort PitGate = 0x61;
    private const byte LoadChannel2 = 0xb0;
    private const byte LatchChannel2 = 0x80;
    private const uint PitMask = 0xffff;

    // The ACPI power management timer (ACPI 6.5, section 4.8.3.3): counts up, at least 24 bits.
    private const ulong PowerTimerHertz = 3_579_545;
    private const uint PowerTimerMask = 0xff_ffff;

    private const ulong MeasurementsPerSecond = 100; // 10 ms each
    private const ulong Agreement = 32; // within a thirty-second part
    private const int MostMeasurements = 20;
    private const ulong Patience = 4_000_000_000; // a second and more
    private const ulong PlausibleHertz = 1_000_000;
    private const ulong GuessedHertz = 1_000_000_000;

    private static ushort s_powerTimerPort;

    /// <summary>Measures both rates over 10 ms: against the PIT or, where that does not count, the ACPI timer.</summary>
    /// <param name="powerTimerPort">The ACPI timer's I/O port; 0 for none.</param>
    /// <remarks>
    /// Each end of the interval is a reading of the known counter between two of the timestamp counter, and of several such
    /// readings the tightest counts: a delay (a hypervisor that lets someone else run) then costs time, not accuracy. A delay of
    /// more than 55 ms laps the PIT, and the rate seems a multiple of what it is: only a rate that was found twice is believed.
    /// </remarks>
    public static void Measure(
        ushort powerTimerPort,
        out ulong timestampHertz,
        out ulong timerHertz
    )
    {
        s_powerTimerPort = 0;
        byte gate = Cpu.In8(PitGate);
        Cpu.Out8(PitGate, (byte)((gate & ~2) | 1));
        Cpu.Out8(PitCommand, LoadChannel2);
        Cpu.Out8(PitChannel2, 0xff);
        Cpu.Out8(PitChannel2, 0xff);
        bool measured = TryAgree(PitHertz, PitMask, out timestampHertz, out timerHertz);
        Cpu.Out8(PitGate, gate);
        if (!measured && powerTimerPort != 0)
        {
            s_powerTimerPort = powerTimerPort;
            measured = TryAgree(
                PowerTimerHertz,
                PowerTimerMask,
                out timestampHertz,
                out timerHertz
            );
        }
        if (!measured)
        {
            timestampHertz = GuessedHertz;
            timerHertz = GuessedHertz / 16;
            Log.Begin();
            Log.Text("neither the PIT nor the ACPI timer counts: clocks run at a guessed rate"u8);
            Log.End();
        }
    }

    private static bool TryAgree(
        ulong hertz,
        uint mask,
        out ulong timestampHertz,
        out ulong timerHertz
    )
    {
        ulong before = 0;
        for (int i = 0; ; i++)
        {
            if (!TryMeasure(hertz, mask, out timestampHertz, out timerHertz))
            {
                return false;
            }
            ulong difference =
                timestampHertz > before ? timestampHertz - before : before - timestampHertz;
            if (difference <= timestampHertz / Agreement || i == MostMeasurements)
            {
                return true;
            }
            before = timestampHertz;
        }
    }

    private static bool TryMeasure(
        ulong hertz,
        uint mask,
        out ulong timestampHertz,
        out ulong timerHertz
    )
    {
        LocalApic.BeginCount();
        ulong wanted = hertz / MeasurementsPerSecond;
        ulong limit = Cpu.ReadTimestamp() + Patience;
        Sample first = TightestSample();
        Sample last;
        ulong elapsed;
        do
        {
            last = TightestSample();
            elapsed = (last.Known - first.Known) & mask;
        } while (elapsed < wanted && last.Timestamp < limit);
        elapsed = System.Math.Max(elapsed, 1);
        timestampHertz = (last.Timestamp - first.Timestamp) * hertz / elapsed;
        timerHertz = (last.Timer - first.Timer) * hertz / elapsed;
        return elapsed >= wanted && timestampHertz >= PlausibleHertz && timerHertz != 0;
    }

    /// <summary>The CMOS clock's date and time, as nanoseconds since 1970 (taken as UTC).</summary>
    public static ulong ReadDate()
    {
        // Read until two readings agree: the clock may be stepping while it is read (MC146818A data sheet).
        CmosTime before = ReadCmos();
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            CmosTime now = ReadCmos();
            if (
                now.Second == before.Second
                && now.Minute == before.Minute
                && now.Hour == before.Hour
                && now.Day == before.Day
            )
            {
                break;
            }
            before = now;
        }
        ulong days = DaysSince1970(before.Year, before.Month, before.Day);
        ulong seconds = ((days * 24 + before.Hour) * 60 + before.Minute) * 60 + before.Second;
        return seconds * Clock.NanosecondsPerSecond;
    }

    private struct Sample
    {
        public ulong Timestamp;
        public uint Known;
        public ulong Timer;
    }

    private struct CmosTime
    {
        public uint Second;
        public uint Minute;
        public uint Hour;
        public uint Day;
        public uint Month;
        public uint Year;
    }

    private static Sample TightestSample()
    {
        Sample best = default;
        ulong bestWindow = ulong.MaxValue;
        for (int i = 0; i < 4; i++)
        {
            ulong before = Cpu.ReadTimestamp();
            uint known = s_powerTimerPort != 0 ? Cpu.In32(s_powerTimerPort) : ReadPit();
            uint timer = LocalApic.Counted();
            ulong window = Cpu.ReadTimestamp() - before;
            if (window < bestWindow)
            {
                bestWindow = window;
                best.Timestamp = before + window / 2;
                best.Known = known;
                best.Timer = timer;
            }
        }
        return best;
    }

    // Upwards, as the other counter.
    private static uint ReadPit()
    {
        Cpu.Out8(PitCommand, LatchChannel2);
        uint low = Cpu.In8(PitChannel2);
        uint high = Cpu.In8(PitChannel2);
        return PitMask - (low | (high << 8));
    }

    private static CmosTime ReadCmos()
    {
        uint format = Cmos(0x0b);
        bool binary = (format & 4) != 0;
        CmosTime time = default;
        time.Second = Decode(Cmos(0), binary);
        time.Minute = Decode(Cmos(2), binary);
        uint hour = Cmos(4);
        time.Hour = Decode(hour & 0x7f, binary);
        bool twelveHours = (format & 2) == 0;
        if (twelveHours)
        {
            time.Hour = time.Hour % 12 + ((hour & 0x80) != 0 ? 12u : 0);
        }
        time.Day = Decode(Cmos(7), binary);
        time.Month = Decode(Cmos(8), binary);
        time.Year = 2000 + Decode(Cmos(9), binary);
        return time;
    }

    private static uint Cmos(byte register)
    {
        Cpu.Out8(0x70, register);
        return Cpu.In8(0x71);
    }

    private static uint Decode(uint value, bool binary) =>
        binary ? value : (value >> 4) * 10 + (value & 15);

    // Days by counting years from March, so that the leap day is the last of its year.
    private static ulong DaysSince1970(uint year, uint month, uint day)
    {
        ulong shifted = month <= 2 ? year - 1 : year;
        ulong monthFromMarch = (month + 9) % 12;
        ulong dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1;
        ulong days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear;
        const ulong DaysTo1970 = 719_468;
        return days > DaysTo1970 ? days - DaysTo1970 : 0;
    }
}
