using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tests.Instances.Records;
using static Cosmos.Multikernel.Abi.MultikernelCall;

namespace Cosmos.Multikernel.Tests.Instances.Hostile;

/// <summary>The calls for capabilities, with sizes, handles, types, ranges and rights that are wrong.</summary>
internal static unsafe class WrongCapabilities
{
    private const long NotPermitted = -1;
    private const long NoEntry = -2;
    private const long BadHandle = -9;
    private const long Denied = -13;
    private const long Invalid = -22;

    private static int s_calls;

    public static string Run()
    {
        s_calls = 0;
        new Span<byte>((void*)Arena.Start, (int)Arena.PageSize).Clear();
        var frame = (nint)SystemCalls.Invoke(AllocateFrame, Arena.PageSize, Arena.PageSize);
        Expect.That(frame > 0);
        Sizes(frame);
        // Of free entries, of a later and of an earlier generation, of no table.
        foreach (
            var handle in new nint[]
            {
                63,
                frame + 1,
                frame + 0x1_0000,
                frame - 0x1_0000,
                0xFFFF,
                int.MaxValue,
                nint.MaxValue,
                nint.MinValue,
                -1,
            }
        )
        {
            NoCapability(handle);
        }

        WrongType(frame);
        Ranges(frame);
        Monitors();
        Refused(NoEntry, NextCapability, -1);
        Expect.Equal(0, SystemCalls.Invoke(DeleteCapability, frame));
        NoCapability(frame);
        return $"{s_calls} calls";
    }

    private static void Sizes(nint frame)
    {
        foreach (var size in new nint[] { 0, 1, 7, 4096, nint.MaxValue, -1 })
        {
            Refused(Invalid, IdentifyCapability, frame, Arena.Start, size);
            Refused(Invalid, MintCapability, frame, Arena.Start, size);
            Refused(Invalid, BindInterrupt, frame, Arena.Start, size);
            Refused(Invalid, Permit, 0, Arena.Start, size);
        }
    }

    private static void NoCapability(nint handle)
    {
        Refused(BadHandle, IdentifyCapability, handle, Arena.Start, sizeof(CapabilityDescription));
        Refused(BadHandle, MintCapability, handle, Arena.Start, sizeof(MintRequest));
        Refused(BadHandle, BindInterrupt, handle, Arena.Start, sizeof(InterruptBinding));
        foreach (
            var call in new[]
            {
                CopyCapability,
                DeleteCapability,
                MapCapability,
                UnmapCapability,
                AcknowledgeInterrupt,
            }
        )
        {
            Refused(BadHandle, call, handle, 1);
        }

        Refused(BadHandle, ReadPort, handle, 0, 1);
        Refused(BadHandle, WritePort, handle, 0, 1);
        Refused(BadHandle, ReadPortBlock, handle, 0, 1, Arena.Start, 1);
        Refused(BadHandle, WritePortBlock, handle, 0, 1, Arena.Start, 1);
        Refused(BadHandle, AcpiTable, handle, 0, 0, Arena.Start, 1);
        Refused(BadHandle, ProbeInterrupt, handle, 1);
        // As a channel's, too: there is none with these numbers.
        Refused(BadHandle, SendCapability, handle, handle);
        Refused(BadHandle, ClaimCapability, handle);
        Refused(BadHandle, DiscardCapability, handle);
    }

    private static void WrongType(nint frame)
    {
        foreach (var size in new nint[] { 0, 1, 2, 3, 4, 8, -1 })
        {
            Refused(Invalid, ReadPort, frame, 0, size);
            Refused(Invalid, WritePort, frame, 0, size);
            Refused(Invalid, ReadPortBlock, frame, 0, size, Arena.Start, nint.MaxValue);
            Refused(Invalid, WritePortBlock, frame, 0, size, Arena.Start, nint.MaxValue);
        }

        Refused(Invalid, BindInterrupt, frame, Arena.Start, sizeof(InterruptBinding));
        Refused(Invalid, AcknowledgeInterrupt, frame);
        Refused(NotPermitted, AcpiTable, frame, 0, 0, Arena.Start, 1);
        Refused(NotPermitted, ProbeInterrupt, frame, 1);
    }

    private static void Ranges(nint frame)
    {
        foreach (var bytes in new nint[] { 0, -1, nint.MaxValue, nint.MinValue, (2 << 20) + 1 })
        {
            Refused(Invalid, AllocateFrame, bytes, Arena.PageSize);
        }

        foreach (var alignment in new nint[] { 0, 1, 8192, -1, nint.MinValue })
        {
            Refused(Invalid, AllocateFrame, Arena.PageSize, alignment);
        }

        foreach (var rights in new nint[] { 0, 2, 4, 7, 0x101, -1 })
        {
            Refused(Denied, MapCapability, frame, rights);
        }

        Refused(Invalid, UnmapCapability, frame);
        CapabilityDescription whole = default;
        var size = sizeof(CapabilityDescription);
        Expect.Equal(0, SystemCalls.Invoke(IdentifyCapability, frame, (nint)(&whole), size));
        MintRequest part = new()
        {
            Type = CapabilityType.Frame,
            Rights = CapabilityRights.All,
            Start = whole.Start,
            Length = whole.Length,
        };
        Mint(Denied, frame, part with { Rights = 0 });
        Mint(Denied, frame, part with { Rights = (CapabilityRights)0xFF });
        Mint(Invalid, frame, part with { Type = CapabilityType.Devices });
        Mint(Invalid, frame, part with { Type = CapabilityType.DeviceMemory });
        Mint(Invalid, frame, part with { Start = 0 });
        Mint(Invalid, frame, part with { Start = whole.Start + whole.Length });
        Mint(Invalid, frame, part with { Start = whole.Start + 1 });
        Mint(Invalid, frame, part with { Length = 0 });
        Mint(Invalid, frame, part with { Length = whole.Length + 1 });
        Mint(Invalid, frame, part with { Length = ulong.MaxValue & ~4095ul });
        Mint(Invalid, frame, part with { Caching = (DeviceCaching)0xFF });
    }

    private static void Monitors()
    {
        Refused(NotPermitted, Permit, 0, Arena.Start, sizeof(PermitRequest));
        foreach (var index in new nint[] { 0, 1, nint.MaxValue, -1 })
        {
            Refused(NotPermitted, Start, index);
        }
    }

    private static void Mint(
        long error,
        nint frame,
        MintRequest request,
        [CallerArgumentExpression(nameof(request))] string? what = null
    )
    {
        s_calls++;
        var result = SystemCalls.Invoke(
            MintCapability,
            frame,
            (nint)(&request),
            sizeof(MintRequest)
        );
        Expect.Equal(error, result, what);
    }

    private static void Refused(
        long error,
        long call,
        nint first,
        nint second = 0,
        nint third = 0,
        nint fourth = 0,
        nint fifth = 0,
        [CallerArgumentExpression(nameof(call))] string? name = null
    )
    {
        s_calls++;
        var result = SystemCalls.Invoke(call, first, second, third, fourth, fifth);
        Expect.Equal(error, result, $"{name}(0x{first:x}, 0x{second:x}, 0x{third:x})");
    }
}
