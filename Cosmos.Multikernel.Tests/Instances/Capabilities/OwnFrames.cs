using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Capabilities;

/// <summary>Frames that stay at home.</summary>
internal static class OwnFrames
{
    private const int BadHandle = 9;

    public static Task<string> RunAsync()
    {
        var before = Instance.PrivateMemory;
        using (var frame = Frame.Allocate(3 * 4096 + 1))
        {
            Expect.Equal(4 * 4096, frame.Length);
            Expect.Equal(0ul, frame.PhysicalAddress % 4096);
            Expect.Equal(Core.Current, frame.Home);
            Expect.That(Instance.PrivateMemory >= before + frame.Length);
            Expect.That(frame.Span.IndexOfAnyExcept((byte)0) < 0);
            frame.Span[^1] = 7;

            // A part of it with fewer rights shows the same bytes, and cannot be written.
            var part = frame.Mint(3 * 4096, 4096, CapabilityRights.Read);
            Expect.Equal(7, part.ReadOnlySpan[^1]);
            Expect.Throws<CapabilityDeniedException>(() => _ = part.Span[0]);
            Expect.Throws<CapabilityDeniedException>(() =>
                part.Mint(0, 4096, CapabilityRights.All)
            );
            Expect.Throws<ArgumentException>(() => part.Mint(4096, 4096, CapabilityRights.Read));
            Expect.Throws<ArgumentException>(() => part.Mint(0, 8192, CapabilityRights.Read));
            Expect.Throws<ArgumentException>(() => frame.Mint(1, 4096, CapabilityRights.Read));

            // A copy keeps the memory when the first capability goes.
            var copy = frame.Copy();
            var number = (nint)frame.DangerousGetHandle();
            frame.Dispose();
            Expect.Equal(7, copy.Span[^1]);
            Expect.Equal(-BadHandle, SystemCalls.Invoke(MultikernelCall.MapCapability, number, 1));
            copy.Dispose();
            part.Dispose();
        }

        using (var large = Frame.Allocate(1, (long)CapabilityLimits.LargeAlignment))
        {
            Expect.Equal(2 << 20, large.Length);
            Expect.Equal(0ul, large.PhysicalAddress % (2 << 20));
            large.Span.Fill(1);
        }

        Expect.Throws<ArgumentException>(() => Frame.Allocate(0));
        Expect.Throws<ArgumentException>(() => Frame.Allocate((2 << 20) + 1));
        Expect.Throws<ArgumentException>(() => Frame.Allocate(4096, 8192));
        Expect.Equal(0, SystemCalls.ReadAudit(out var audit));
        Expect.Equal(0ul, audit.SharedByMistake);
        Expect.Equal(0ul, audit.WritableExecutable);
        return Task.FromResult("");
    }

    public static Task<string> ExhaustAsync()
    {
        var frames = new List<Frame>();
        var before = Instance.PrivateMemory;
        Expect.Throws<NoMemoryForCapabilityException>(() =>
        {
            while (true)
            {
                frames.Add(Frame.Allocate(64 << 10));
            }
        });
        foreach (var frame in frames)
        {
            frame.Dispose();
        }

        // The table itself stays, and the list of frames is on the heap.
        Expect.That(Instance.PrivateMemory < before + (4 << 20));
        using var again = Frame.Allocate(1 << 20);
        again.Span.Fill(1);
        return Task.FromResult($"{frames.Count} frames");
    }
}
