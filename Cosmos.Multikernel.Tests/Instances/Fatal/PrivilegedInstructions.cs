namespace Cosmos.Multikernel.Tests.Instances.Fatal;

/// <summary>
/// Executes instructions that ring 3 may not. They need no code of our own: their bytes occur somewhere in the middle
/// of libc, and each must fault before anything after it matters.
/// </summary>
internal static unsafe class PrivilegedInstructions
{
    public static void Execute(params ReadOnlySpan<byte> instruction)
    {
        var text = ExecutableImage.Text();

        // The first occurrence lies in native code, whose faults the runtime does not turn into exceptions.
        var at = text.IndexOf(instruction);
        if (at < 0)
        {
            throw new InvalidOperationException(
                $"No {Convert.ToHexString(instruction)} in the program's text"
            );
        }

        fixed (byte* code = text[at..])
        {
            ((delegate* unmanaged<void>)code)();
        }
    }
}
