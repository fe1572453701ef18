using System.Runtime.InteropServices;

namespace Shell.Terminal;

/// <summary>
/// Standard input, every key as it is typed, without echo: the shell edits its line itself. .NET's own stream would edit lines
/// too where standard input is a terminal, and hand out whole ones.
/// </summary>
internal static unsafe partial class RawInput
{
    private const int StandardInput = 0;
    private const int Now = 0;
    private const int Interrupted = 4;

    // struct termios of glibc has 60 bytes.
    private const int AttributeBytes = 64;

    /// <summary>Asks the terminal for raw keys. Where standard input is no terminal there is nothing to do.</summary>
    public static void Enter()
    {
        var attributes = stackalloc byte[AttributeBytes];
        if (GetAttributes(StandardInput, attributes) == 0)
        {
            MakeRaw(attributes);
            _ = SetAttributes(StandardInput, Now, attributes);
        }
    }

    /// <summary>Waits for keys.</summary>
    /// <returns>How many bytes came; 0 when there will be none.</returns>
    public static int Read(Span<byte> bytes)
    {
        fixed (byte* buffer = bytes)
        {
            nint count;
            do
            {
                count = ReadFile(StandardInput, buffer, (nuint)bytes.Length);
            } while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);

            return Math.Max(0, (int)count);
        }
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(int descriptor, byte* attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetAttributes(int descriptor, int when, byte* attributes);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(byte* attributes);
}
