using Cosmos.Multikernel.Native;

namespace Cosmos.Multikernel.Tests.Instances.Fatal;

/// <summary>
/// Executes instructions that ring 3 may not. They need no code of our own: their bytes occur somewhere in the middle
/// of the program, and each must fault before anything after it matters.
/// </summary>
internal static unsafe class PrivilegedInstructions
{
    private const long RtSigaction = 13;
    private const nint SegmentationFault = 11;

    public static void Execute(params ReadOnlySpan<byte> instruction)
    {
        var text = ExecutableImage.Text();

        var at = text.IndexOf(instruction);
        if (at < 0)
        {
            throw new InvalidOperationException(
                $"No {Convert.ToHexString(instruction)} in the program's text"
            );
        }

        // Where the bytes lie changes with every build. In managed code the runtime would make an exception of the fault.
        var byDefault = stackalloc ulong[4];
        new Span<ulong>(byDefault, 4).Clear();
        SystemCalls.Invoke(RtSigaction, SegmentationFault, (nint)byDefault, 0, sizeof(ulong));
        fixed (byte* code = text[at..])
        {
            ((delegate* unmanaged<void>)code)();
        }
    }
}
