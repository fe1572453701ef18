using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Hostile;

/// <summary>The CPU driver's own calls, with everything but the pointer wrong.</summary>
internal static unsafe class WrongSizesAndHandles
{
    public static string Run()
    {
        var calls = 0;
        foreach (var size in new nint[] { 0, 1, 7, 4096, nint.MaxValue, -1 })
        {
            Refused(SystemCalls.Invoke(MultikernelCall.Identity, Arena.Start, size));
            Refused(SystemCalls.Invoke(MultikernelCall.CoreStatistics, Arena.Start, size));
            Refused(SystemCalls.Invoke(MultikernelCall.DeclaredInstance, 0, Arena.Start, size));
            Refused(SystemCalls.Invoke(MultikernelCall.Connect, Arena.Start, size));
            Refused(SystemCalls.Invoke(MultikernelCall.Accept, Arena.Start, size));
            calls += 5;
        }

        foreach (
            var handle in new nint[]
            {
                63,
                64,
                1_000,
                int.MaxValue,
                unchecked((nint)uint.MaxValue),
                nint.MaxValue,
                nint.MinValue,
                -1,
            }
        )
        {
            Refused(SystemCalls.Invoke(MultikernelCall.Notify, handle));
            Refused(SystemCalls.Invoke(MultikernelCall.Close, handle));
            Refused(SystemCalls.Invoke(MultikernelCall.Power, handle | 0x100));
            Refused(
                SystemCalls.Invoke(
                    MultikernelCall.DeclaredInstance,
                    handle,
                    Arena.Start,
                    sizeof(InstanceDeclaration)
                )
            );
            calls += 4;
        }

        foreach (var core in new[] { 255u, 4096u, uint.MaxValue })
        {
            Refused(Connect(core, 64));
            calls++;
        }

        foreach (var slots in new[] { 0u, 1u, 3u, 100u, 1u << 20, uint.MaxValue })
        {
            Refused(Connect(0, slots));
            calls++;
        }

        return $"{calls} calls";
    }

    private static long Connect(uint core, uint slots)
    {
        ConnectRequest request = new() { Core = core, Slots = slots };
        var handle = SystemCalls.Connect(ref request);
        if (handle >= 0)
        {
            SystemCalls.Close((int)handle);
        }

        return handle;
    }

    private static void Refused(long result)
    {
        Expect.That(result is < 0 and >= -4095);
    }
}
