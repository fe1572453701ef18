using System.Text;

namespace Cosmos.Multikernel.Files.Client;

/// <summary>
/// The list of mounted file systems as programs read it on Linux: /proc/mounts (fstab(5)) and /proc/self/mountinfo (proc(5)).
/// </summary>
internal static class MountTable
{
    private const string Information = "/proc/self/mountinfo";

    /// <summary>Whether a path is the list's.</summary>
    public static bool IsPath(string path) =>
        path is "/proc/mounts" or "/proc/self/mounts" or Information;

    /// <summary>The list as it is now.</summary>
    public static async ValueTask<OpenFile> OpenAsync(IFileService service, string path, uint flags)
    {
        StringBuilder text = new();
        int number = 1;
        foreach (string mount in await service.GetMountsAsync())
        {
            string[] fields = [.. mount.Split('\t').Select(Escape)];
            (string source, string type, string at, string options) = (
                fields[0],
                fields[1],
                fields[2],
                fields[3]
            );
            text.Append(
                path == Information
                    ? $"{number} {(number == 1 ? 0 : 1)} 0:{number} / {at} {options} - {type} {source} {options}\n"
                    : $"{source} {at} {type} {options} 0 0\n"
            );
            number++;
        }
        return new OpenFile(service, -1, path, FileKind.Regular, flags & OpenMode.StatusMask)
        {
            Text = Encoding.UTF8.GetBytes(text.ToString()),
        };
    }

    // Fields are separated by blanks.
    private static string Escape(string field) =>
        field.Replace("\\", "\\134").Replace(" ", "\\040").Replace("\n", "\\012");
}
