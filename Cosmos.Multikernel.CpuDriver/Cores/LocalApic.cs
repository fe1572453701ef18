// This core's local APIC: its timer, and interrupts to other cores (Intel SDM volume 3A, chapter 11).
// x2APIC (registers are MSRs) where the processor has it, xAPIC (registers in memory) otherwise.

using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Cores;

public static unsafe class LocalApic
{
    public const byte TimerVector = 0xf0;
    public const byte DoorbellVector = 0xf1;
    public const byte ProbeVector = 0xf2;
    public const byte SpuriousVector = 0xff;

    private const uint BaseMsr = 0x1b;
    private const uint X2ApicMsr = 0x800;
    private const ulong EnableApic = 1 << 11;
    private const ulong EnableX2Apic = 1 << 10;

    // Register offsets (table 11-1); in x2APIC mode the MSR is 800h + offset / 16.
    private const uint Identifier = 0x20;
    private const uint TaskPriority = 0x80;
    private const uint EndOfInterruptRegister = 0xb0;
    private const uint Spurious = 0xf0;
    private const uint CommandLow = 0x300;
    private const uint CommandHigh = 0x310;
    private const uint TimerEntry = 0x320;
    private const uint Lint0Entry = 0x350;
    private const uint Lint1Entry = 0x360;
    private const uint ErrorEntry = 0x370;
    private const uint TimerInitial = 0x380;
    private const uint TimerCurrent = 0x390;
    private const uint TimerDivide = 0x3e0;

    private const uint SoftwareEnable = 1 << 8;
    private const uint Masked = 1 << 16;
    private const uint DivideBy16 = 3;
    private const uint NonMaskable = 4 << 8;
    private const uint DeliveryPending = 1 << 12;
    private const uint LevelAssert = 1 << 14;
    private const uint InitMode = 5 << 8;
    private const uint StartUpMode = 6 << 8;

    private static bool s_x2Apic;
    private static byte* s_registers;
    private static ulong s_timerHertz;

    // xAPIC: what the command register's upper half says; no core has this identifier.
    private static uint s_destination = uint.MaxValue;

    /// <summary>This core's APIC identifier.</summary>
    public static uint Id => s_x2Apic ? Read(Identifier) : Read(Identifier) >> 24;

    /// <summary>Whether the registers lie in memory at the address, and so need a mapping.</summary>
    public static bool NeedsMapping => !s_x2Apic;

    /// <summary>Switches this core's APIC on.</summary>
    /// <param name="address">Physical address of its registers.</param>
    public static void Enable(ulong address)
    {
        ulong setting = Cpu.ReadMsr(BaseMsr);
        s_x2Apic = CpuFeatures.X2Apic;
        s_registers = DirectMap.At(address);
        Cpu.WriteMsr(BaseMsr, setting | EnableApic);
        if (s_x2Apic)
        {
            // x2APIC can only be reached from xAPIC, hence the two steps.
            Cpu.WriteMsr(BaseMsr, setting | EnableApic | EnableX2Apic);
        }
        Write(TaskPriority, 0);
        Write(TimerEntry, Masked);
        Write(Lint0Entry, Masked);
        Write(Lint1Entry, NonMaskable);
        Write(ErrorEntry, Masked);
        Write(Spurious, SoftwareEnable | SpuriousVector);
    }

    /// <summary>Tells the timer its measured rate and makes it ready.</summary>
    public static void StartTimer(ulong hertz)
    {
        s_timerHertz = hertz;
        Write(TimerDivide, DivideBy16);
        Write(TimerEntry, TimerVector);
    }

    /// <summary>Interrupts this core when the monotonic clock reaches the deadline (at once when it has passed).</summary>
    public static void ArmTimer(ulong deadline)
    {
        ulong now = Clock.Monotonic;
        // A far deadline is reached in steps of at most a second: the timer's interrupt finds nothing due and is armed again.
        ulong delay =
            deadline > now ? System.Math.Min(deadline - now, Clock.NanosecondsPerSecond) : 0;
        ulong ticks = delay * (s_timerHertz / 1000) / 1_000_000;
        Write(TimerInitial, (uint)System.Math.Min(System.Math.Max(ticks, 1), uint.MaxValue));
    }

    public static void EndOfInterrupt() => Write(EndOfInterruptRegister, 0);

    /// <summary>Rings another core.</summary>
    public static void SendDoorbell(uint apicId) => Send(apicId, LevelAssert | DoorbellVector);

    /// <summary>Measures the way to another core.</summary>
    public static void SendProbe(uint apicId) => Send(apicId, LevelAssert | ProbeVector);

    /// <summary>Puts a core into its waiting-for-start state.</summary>
    public static void SendInit(uint apicId) => Send(apicId, LevelAssert | InitMode);

    /// <summary>Starts a waiting core at a page of the first megabyte.</summary>
    public static void SendStartUp(uint apicId, uint page) =>
        Send(apicId, LevelAssert | StartUpMode | (page >> 12));

    /// <summary>Starts the timer's counting for a measurement.</summary>
    public static void BeginCount()
    {
        Write(TimerDivide, DivideBy16);
        Write(TimerInitial, uint.MaxValue);
    }

    /// <summary>Timer ticks since <see cref="BeginCount"/>.</summary>
    public static uint Counted() => uint.MaxValue - Read(TimerCurrent);

    private static void Send(uint apicId, uint command)
    {
        if (s_x2Apic)
        {
            // One 64-bit register. The write is not serialising: order what the message is about before it
            // (SDM volume 3A, section 11.12.3).
            System.Threading.Interlocked.MemoryBarrier();
            Cpu.WriteMsr(X2ApicMsr + CommandLow / 16, ((ulong)apicId << 32) | command);
            return;
        }
        while ((Read(CommandLow) & DeliveryPending) != 0) { }
        // The register keeps what is written: under an emulator each access costs a trap, and most commands go where the last one went.
        if (s_destination != apicId)
        {
            s_destination = apicId;
            Write(CommandHigh, apicId << 24);
        }
        Write(CommandLow, command);
    }

    private static uint Read(uint register) =>
        s_x2Apic
            ? (uint)Cpu.ReadMsr(X2ApicMsr + register / 16)
            : System.Threading.Volatile.Read(ref *(uint*)(s_registers + register));

    private static void Write(uint register, uint value)
    {
        if (s_x2Apic)
        {
            Cpu.WriteMsr(X2ApicMsr + register / 16, value);
            return;
        }
        System.Threading.Volatile.Write(ref *(uint*)(s_registers + register), value);
    }
}
