using System;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Acpi;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>Where device capabilities come from: what the boot media grant, and what is minted from all devices.</summary>
internal static unsafe class HeldDevices
{
    /// <summary>Gives a new domain what its module's command line grants. What may not be granted is logged and left out.</summary>
    /// <returns>False when there is no memory.</returns>
    public static bool TryGrant(Domain* domain, Module* module)
    {
        DeviceList list = new(module->Devices, module->DevicesLength);
        while (list.MoveNext())
        {
            DeviceGrant grant = list.Current;
            if (!IsAllowed(grant.Type, grant.Start, grant.Length))
            {
                Log.Begin(module->Name, module->NameLength);
                Log.Text("not granted: "u8);
                Log.Text(list.Text, list.TextLength);
                Log.Text(" (memory, or used by the CPU driver)"u8);
                Log.End();
            }
            else if (
                Enter(domain, grant.Type, grant.Start, grant.Length, CapabilityRights.All, 0) < 0
            )
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Mints a device's capability from that for all.</summary>
    public static long Mint(Domain* domain, MintRequest* request)
    {
        if (request->Caching > DeviceCaching.WriteCombining)
        {
            return -Errno.EINVAL;
        }
        switch (request->Type)
        {
            case CapabilityType.DeviceMemory:
            case CapabilityType.PortRange:
            case CapabilityType.InterruptLine:
            case CapabilityType.InterruptMessages:
            case CapabilityType.ConsoleStream:
                return IsAllowed(request->Type, request->Start, request->Length)
                    ? Enter(
                        domain,
                        request->Type,
                        request->Start,
                        request->Length,
                        request->Rights,
                        request->Type == CapabilityType.DeviceMemory ? request->Caching : 0
                    )
                    : -Errno.EACCES;
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary>Copies a firmware table out, as much of it as there is room for.</summary>
    /// <returns>Its length, or a negative error number.</returns>
    public static long ReadTable(
        Domain* domain,
        ulong handle,
        ulong signature,
        ulong index,
        ulong address,
        ulong size
    )
    {
        long held = Check(domain, handle);
        if (held < 0)
        {
            return held;
        }
        BootRecord* boot = ThisCore.Boot;
        for (uint i = 0; i < boot->AcpiCopyCount; i++)
        {
            AcpiCopy* table = boot->AcpiCopies + i;
            if (table->Signature != signature || index-- != 0)
            {
                continue;
            }
            return UserMemory.TryWrite(domain, address, table->Bytes, Math.Min(size, table->Length))
                ? table->Length
                : -Errno.EFAULT;
        }
        return -Errno.ENOENT;
    }

    /// <summary>Says what screen the boot loader left.</summary>
    public static long DescribeScreen(Domain* domain, ulong handle, ulong address, ulong size)
    {
        if (size != (ulong)sizeof(ScreenDescription))
        {
            return -Errno.EINVAL;
        }
        long held = Check(domain, handle);
        ScreenDescription screen = ThisCore.Boot->Screen;
        return held < 0 ? held
            : UserMemory.TryWrite(domain, address, &screen, size) ? 0
            : -Errno.EFAULT;
    }

    /// <summary>Measures an interrupt to another core; the core does nothing else meanwhile.</summary>
    /// <returns>Nanoseconds there and back, or a negative error number.</returns>
    public static long ProbeInterrupt(Domain* domain, ulong handle, ulong core)
    {
        long held = Check(domain, handle);
        return held < 0 ? held : InterruptProbe.Measure(core);
    }

    // Whether a handle is for all devices: 0 or a negative error number.
    private static long Check(Domain* domain, ulong handle)
    {
        Capability* capability = CapabilityTable.Find(domain, handle);
        return capability == null ? -Errno.EBADF
            : capability->Type != CapabilityType.Devices ? -Errno.EPERM
            : 0;
    }

    private static bool IsAllowed(CapabilityType type, ulong start, ulong length) =>
        type switch
        {
            CapabilityType.Devices => true,
            CapabilityType.DeviceMemory => DeviceRanges.IsMemoryAllowed(start, length),
            CapabilityType.PortRange => DeviceRanges.ArePortsAllowed(start, length),
            CapabilityType.InterruptLine => DeviceRanges.AreLinesAllowed(start, length),
            CapabilityType.InterruptMessages => DeviceRanges.AreMessagesAllowed(start, length),
            CapabilityType.ConsoleStream => start == 0 && length == 1,
            _ => false,
        };

    private static long Enter(
        Domain* domain,
        CapabilityType type,
        ulong start,
        ulong length,
        CapabilityRights rights,
        DeviceCaching caching
    )
    {
        uint index = CapabilityTable.Allocate(domain);
        if (index == CapabilityTable.None)
        {
            return -Errno.ENOMEM;
        }
        CapabilityTable* table = CapabilityTable.Of(domain);
        Capability* capability = table->At(index);
        capability->Type = type;
        capability->Start = start;
        capability->Length = length;
        capability->Rights = rights;
        capability->Caching = caching;
        return table->HandleOf(index);
    }
}
