// The other core, as the endpoints see it: what is sent there is kept, what comes from there the tests hand in.

using System;
using System.Collections.Generic;
using Cosmos.Multikernel.CpuDriver.Domains;

#pragma warning disable IDE0130 // the namespaces are those of what is stood in for

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

public static unsafe class Links
{
    /// <summary>Whether messages find no room now.</summary>
    public static bool IsFull { get; set; }

    /// <summary>The messages sent to the other core, oldest first.</summary>
    public static Queue<byte[]> Sent { get; } = [];

    public static bool TrySendShort(uint core, byte* message, uint length)
    {
        if (!IsFull)
        {
            Sent.Enqueue(new ReadOnlySpan<byte>(message, (int)length).ToArray());
        }
        return !IsFull;
    }
}

public static class Doorbells
{
    /// <summary>The channel that was rung last on the other core.</summary>
    public static uint LastRung { get; private set; }

    public static void RingChannel(uint core, uint handle) => LastRung = handle;
}

public static class SharedFrames
{
    public static bool Map(ulong physical, uint frames) => true;

    public static void Unmap(ulong physical, uint frames) { }
}

public static unsafe class Declarations
{
    public static Domain* Domain { get; set; }

    public static bool TryFind(uint core, byte* name, out uint module)
    {
        module = core;
        return true;
    }

    public static uint ModuleOf(Domain* domain) => 0;

    public static Domain* FindDomain(uint module) => Domain;

    public static void CopyName(uint module, byte* name) => *name = 0;
}
