// The other core, as the endpoints see it: what is sent there is kept, what comes from there the tests hand in.

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;

#pragma warning disable IDE0130 // the namespaces are those of what is stood in for

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

public static unsafe class Links
{
    /// <summary>Whether messages find no room now.</summary>
    public static bool IsFull { get; set; }

    /// <summary>The messages sent to the other core, oldest first.</summary>
    public static Queue<byte[]> Sent { get; } = [];

    /// <summary>Whether the last message sent interrupts the other core.</summary>
    public static bool HasRung { get; private set; }

    /// <summary>Takes the messages when there are real other cores: (core, address, bytes, whether it rings) to whether there was room.</summary>
    public static Func<uint, nint, uint, bool, bool>? Carrier { get; set; }

    /// <summary>Lets through what a real other core has sent without ringing.</summary>
    public static Action<uint>? Looker { get; set; }

    /// <summary>Interrupts a real other core.</summary>
    public static Action<uint>? Ringer { get; set; }

    public static void LookAt(uint core) => Looker?.Invoke(core);

    public static void Ring(uint core)
    {
        HasRung = true;
        Ringer?.Invoke(core);
    }

    public static bool TrySendShort(uint core, byte* message, uint length, bool rings = true)
    {
        // What fits a line of the link is never in two pieces: the CPU driver's messages rely on it.
        if (length > 56)
        {
            throw new InvalidOperationException($"{length} bytes do not fit a line");
        }
        if (Carrier != null)
        {
            return Carrier(core, (nint)message, length, rings);
        }
        if (!IsFull)
        {
            HasRung = rings;
            Sent.Enqueue(new ReadOnlySpan<byte>(message, (int)length).ToArray());
        }
        return !IsFull;
    }
}

public static class Doorbells
{
    public static ulong Received => 0;

    /// <summary>The channel that was rung last on the other core; null for none.</summary>
    public static uint? LastRung { get; set; }

    public static void RingChannel(uint core, uint handle) => LastRung = handle;
}

public static class SharedFrames
{
    /// <summary>Pages of other cores that this one can see now.</summary>
    public static int Shown { get; private set; }

    /// <summary>Whether there is no memory for the tables that it takes to see more.</summary>
    public static bool IsFull { get; set; }

    public static bool Map(ulong physical, uint frames)
    {
        Shown += Frames.Owns(physical) || IsFull ? 0 : (int)frames;
        return !IsFull;
    }

    public static void Unmap(ulong physical, uint frames) =>
        Shown -= Frames.Owns(physical) ? 0 : (int)frames;
}

/// <summary>The instances that are declared: one for each core that a test sets, or those of the boot record.</summary>
public static unsafe class Declarations
{
    /// <summary>Whether the boot record says what is declared.</summary>
    public static bool AreOnMedia { get; set; }

    public static Domain* Domain { get; set; }

    public static bool TryFind(uint core, byte* name, out uint module)
    {
        module = core;
        for (uint i = 0; AreOnMedia && i < ThisCore.Boot->ModuleCount; i++)
        {
            module = i;
            if (
                ThisCore.Boot->Modules[i].RunsOn(core, ThisCore.Count)
                && NameOf(i) == Marshal.PtrToStringAnsi((nint)name)
            )
            {
                return true;
            }
        }
        return !AreOnMedia;
    }

    public static bool TryFind(ulong index, out uint core, out uint module)
    {
        core = 0;
        for (module = 0; module < ThisCore.Boot->ModuleCount; module++)
        {
            for (core = 0; core < ThisCore.Count; core++)
            {
                if (ThisCore.Boot->Modules[module].RunsOn(core, ThisCore.Count) && index-- == 0)
                {
                    return true;
                }
            }
        }
        return false;
    }

    public static bool TryGet(ulong index, InstanceDeclaration* result) =>
        TryFind(index, out result->Core, out _);

    public const uint None = uint.MaxValue;

    public static uint ModuleOf(Domain* domain)
    {
        string name = Marshal.PtrToStringAnsi(
            (nint)Domains.Domain.NameOf(domain),
            domain->NameLength
        );
        for (uint i = 0; AreOnMedia && i < ThisCore.Boot->ModuleCount; i++)
        {
            if (NameOf(i) == name)
            {
                return i;
            }
        }
        return AreOnMedia ? None : 0;
    }

    public static Domain* FindDomain(uint module) =>
        AreOnMedia
            ? DomainList.FindByName(
                ThisCore.Boot->Modules[module].Name,
                ThisCore.Boot->Modules[module].NameLength
            )
            : Domain;

    public static void CopyName(uint module, byte* name) => *name = 0;

    private static string? NameOf(uint module) =>
        Marshal.PtrToStringAnsi(
            (nint)ThisCore.Boot->Modules[module].Name,
            (int)ThisCore.Boot->Modules[module].NameLength
        );
}

public static class InterruptProbe
{
    /// <summary>No pretended core has interrupts to send to another.</summary>
    public static long Measure(ulong core) => -LinuxAbi.Errno.EINVAL;
}
