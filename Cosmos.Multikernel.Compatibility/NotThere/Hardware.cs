using Cosmos.Multikernel.Compatibility.NotThere;

// Hardware that is a driver's or the CPU driver's alone, and code for the bare processor.

namespace Cosmos.Core
{
    [Obsolete(Missing.Interrupts, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class INTs;

    [Obsolete(
        Missing.PhysicalMemory,
        error: true,
        DiagnosticId = Missing.Id,
        UrlFormat = Missing.Url
    )]
    public class ManagedMemoryBlock;

    [Obsolete(
        Missing.PhysicalMemory,
        error: true,
        DiagnosticId = Missing.Id,
        UrlFormat = Missing.Url
    )]
    public class MemoryBlock;

    [Obsolete(Missing.Devices, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class ACPI;

    [Obsolete(Missing.Interrupts, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class PIC;

    [Obsolete(Missing.Heap, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class VTablesImpl;
}

namespace Cosmos.Core.Memory
{
    [Obsolete(Missing.Heap, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class RAT;

    [Obsolete(Missing.Heap, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class HeapSmall;
}

namespace Cosmos.HAL
{
    [Obsolete(Missing.Devices, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public abstract class KeyboardBase;

    [Obsolete(Missing.Devices, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class PS2Keyboard;

    [Obsolete(Missing.Mouse, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class PS2Mouse;

    [Obsolete(Missing.Devices, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class SerialPort;
}

namespace Cosmos.HAL.BlockDevice
{
    [Obsolete(Missing.Disks, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public abstract class BlockDevice;

    [Obsolete(Missing.Disks, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class Partition;

    [Obsolete(Missing.Disks, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class AtaPio;

    [Obsolete(Missing.Disks, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class MBR;

    [Obsolete(Missing.Disks, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class GPT;
}

namespace XSharp.Assembler
{
    [Obsolete(Missing.Assembler, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class Assembler;

    [Obsolete(Missing.Assembler, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public abstract class AssemblerMethod;
}

namespace Cosmos.Core.IOGroup
{
    [Obsolete(Missing.Devices, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public abstract class IOGroup;

    [Obsolete(Missing.Devices, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class ATA;

    [Obsolete(Missing.Devices, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class COM;

    [Obsolete(Missing.Devices, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class VGA;
}

namespace Cosmos.HAL.BlockDevice.Ports
{
    [Obsolete(Missing.Disks, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class SATA;
}

namespace Cosmos.HAL.BlockDevice.Registers
{
    [Obsolete(Missing.Disks, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class AHCI;
}

namespace Cosmos.HAL.Drivers.USB
{
    [Obsolete(Missing.Devices, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public abstract class USBHost;
}

namespace Cosmos.System.FileSystem.FAT
{
    [Obsolete(Missing.Disks, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class FatFileSystem;
}

namespace Cosmos.System.FileSystem.ISO9660
{
    [Obsolete(Missing.Disks, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class ISO9660FileSystem;
}
