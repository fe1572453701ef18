using System;

namespace Cosmos.Multikernel.CpuDriver.Memory;

/// <summary>What a range of user addresses is backed by.</summary>
public enum MappingKind : byte
{
    /// <summary>Zeroes on first touch.</summary>
    Anonymous,

    /// <summary>Like <see cref="Anonymous"/>, but reserved generously and paid for page by page as it is touched.</summary>
    Stack,

    /// <summary>Pages of a boot module, shared until written.</summary>
    Image,

    /// <summary>Frames that are not the address space's: message rings, the domain page, frames held by capability.</summary>
    Shared,

    /// <summary>Device registers: never cached; mapped on first touch.</summary>
    Device,

    /// <summary>A device's memory to which writes may be gathered; mapped on first touch.</summary>
    DeviceCombining,
}

[Flags]
public enum Protection : byte
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
}

/// <summary>A range of user addresses with one backing and one protection. Both ends are page aligned.</summary>
public struct Mapping
{
    public ulong Start;
    public ulong End;

    /// <summary>Physical address of the byte that backs <see cref="Start"/>; not for anonymous memory and stacks.</summary>
    public ulong Source;

    public Protection Protection;
    public MappingKind Kind;

    /// <summary>Every page of it is promised: charged to the domain's limit whether touched or not.</summary>
    public bool Accounted;

    public readonly bool HasSource => Kind == MappingKind.Image || IsForeign;

    /// <summary>Whether what backs it is neither the address space's nor the image's; only the CPU driver changes it.</summary>
    public readonly bool IsForeign =>
        Kind is MappingKind.Shared or MappingKind.Device or MappingKind.DeviceCombining;

    /// <summary>
    /// Whether <paramref name="next"/> starts where this ends and is the same in every way. Foreign mappings stay apart:
    /// each is taken away as it was made.
    /// </summary>
    public readonly bool Continues(in Mapping next) =>
        End == next.Start
        && Protection == next.Protection
        && Kind == next.Kind
        && !IsForeign
        && Accounted == next.Accounted
        && (Kind != MappingKind.Image || Source + (End - Start) == next.Source);
}
