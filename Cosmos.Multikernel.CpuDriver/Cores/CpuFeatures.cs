namespace Cosmos.Multikernel.CpuDriver.Cores;

/// <summary>What this core's processor can do (CPUID: Intel SDM volume 2A, table 3-8).</summary>
public static unsafe class CpuFeatures
{
    public static bool X2Apic { get; private set; }
    public static bool Xsave { get; private set; }
    public static bool Avx { get; private set; }
    public static bool Smep { get; private set; }
    public static bool Smap { get; private set; }
    public static bool Umip { get; private set; }
    public static bool Random { get; private set; }
    public static bool GlobalPages { get; private set; }
    public static bool MachineCheck { get; private set; }
    public static bool PageAttributeTable { get; private set; }
    public static bool NoExecute { get; private set; }
    public static bool InvariantTimestamp { get; private set; }

    /// <summary>Whether a hypervisor or an emulator says that it is one.</summary>
    public static bool Hypervisor { get; private set; }

    public static void Detect()
    {
        uint* registers = stackalloc uint[4];
        Cpu.Identify(0, 0, registers);
        uint maximum = registers[0];

        Cpu.Identify(1, 0, registers);
        X2Apic = (registers[2] & (1 << 21)) != 0;
        Xsave = (registers[2] & (1 << 26)) != 0;
        Avx = (registers[2] & (1 << 28)) != 0;
        Random = (registers[2] & (1 << 30)) != 0;
        Hypervisor = (registers[2] & (1u << 31)) != 0;
        MachineCheck = (registers[3] & (1 << 7)) != 0;
        GlobalPages = (registers[3] & (1 << 13)) != 0;
        PageAttributeTable = (registers[3] & (1 << 16)) != 0;

        if (maximum >= 7)
        {
            Cpu.Identify(7, 0, registers);
            Smep = (registers[1] & (1 << 7)) != 0;
            Smap = (registers[1] & (1 << 20)) != 0;
            Umip = (registers[2] & (1 << 2)) != 0;
        }

        // 80000001h is there: long mode needs it.
        Cpu.Identify(0x8000_0001, 0, registers);
        NoExecute = (registers[3] & (1 << 20)) != 0;

        Cpu.Identify(0x8000_0000, 0, registers);
        if (registers[0] >= 0x8000_0007)
        {
            Cpu.Identify(0x8000_0007, 0, registers);
            InvariantTimestamp = (registers[3] & (1 << 8)) != 0;
        }
    }
}
