using System.Runtime.InteropServices;
using System.Text;
using Cosmos.Multikernel.Files;
using IL2CPU.API.Attribs;

namespace Cosmos.Multikernel.Compatibility.Plugs;

/// <summary>The current directory is told with its drive.</summary>
[Plug(Target = typeof(Environment))]
internal static unsafe partial class CurrentDirectoryPlug
{
    // PATH_MAX (Linux, include/uapi/linux/limits.h).
    private const int MostBytes = 4096;

    public static string get_CurrentDirectoryCore()
    {
        byte* path = stackalloc byte[MostBytes];
        if (GetCurrentDirectory(path, MostBytes) is null)
        {
            throw new IOException("The current directory is not known.");
        }
        ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path);
        return DrivePaths.FromTreePath(Encoding.UTF8.GetString(bytes));
    }

    [LibraryImport("libc", EntryPoint = "getcwd")]
    private static partial byte* GetCurrentDirectory(byte* buffer, nint size);
}
