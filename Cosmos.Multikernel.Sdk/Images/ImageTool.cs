using System.ComponentModel;
using System.Diagnostics;

namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>Runs the programs that make boot images, always in the same environment.</summary>
internal static class ImageTool
{
    /// <exception cref="ImageException">The program is missing, or it failed; the message has its words.</exception>
    public static void Run(string tool, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Dates on the image must not depend on where the tools run.
        start.Environment["TZ"] = "UTC";
        start.Environment["LC_ALL"] = "C";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new ImageException(
                $"{tool} is not installed: sudo apt-get install {PackageOf(tool)}"
            );
        }

        using (process)
        {
            process.StandardInput.Close();
            var standardOutput = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new ImageException(
                    $"{tool} failed ({process.ExitCode}): {errors.Trim()} {standardOutput.Result.Trim()}"
                );
            }
        }
    }

    // Debian's.
    private static string PackageOf(string tool) =>
        tool switch
        {
            "grub-mkimage" => "grub-common",
            "mformat" or "mcopy" => "mtools",
            _ => tool,
        };
}
