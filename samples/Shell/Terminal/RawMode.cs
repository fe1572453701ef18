using System.Runtime.InteropServices;

namespace Shell.Terminal;

/// <summary>
/// Gives every key to the shell as it is typed, without echo: the shell edits its line itself. (.NET's Console would do the
/// same while it reads a key; the shell reads bytes.)
/// </summary>
internal static unsafe partial class RawMode
{
    private const int StandardInput = 0;
    private const int Now = 0;

    // struct termios of glibc has 60 bytes.
    private const int AttributeBytes = 64;

    /// <summary>Where standard input is no terminal there is nothing to do.</summary>
    public static void Enter()
    {
        var attributes = stackalloc byte[AttributeBytes];
        if (GetAttributes(StandardInput, attributes) == 0)
        {
            MakeRaw(attributes);
            _ = SetAttributes(StandardInput, Now, attributes);
        }
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(int descriptor, byte* attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetAttributes(int descriptor, int when, byte* attributes);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(byte* attributes);
}
