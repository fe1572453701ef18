using System.Text;

namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>
/// Writes grub.cfg: the CPU driver as multiboot2 kernel, each instance as a module whose command line says where it
/// runs, and each file for instances as another. One configuration serves BIOS and UEFI.
/// </summary>
public static class GrubConfiguration
{
    /// <summary>Path of the CPU driver on the image.</summary>
    public const string DriverPath = "/boot/cpudriver.elf";

    /// <summary>Where the files for instances lie on the image.</summary>
    public const string DataFolder = "/boot/modules/";

    /// <param name="layout">What to boot; its modules are valid.</param>
    /// <param name="modulePath">The path on the image of a module's file.</param>
    public static string Write(ImageLayout layout, Func<ImageModule, string> modulePath)
    {
        var text = new StringBuilder();
        // GRUB's own errors belong on the serial line. UEFI firmware's console already reaches it; on BIOS GRUB has to
        // drive it, without sequences that would clear the user's terminal. It reads nothing there: what is typed
        // early is for the instance that owns the console.
        text.Append(
            """
            set timeout=0
            set default=0
            if [ "$grub_platform" = "pc" ]; then
              if serial --unit=0 --speed=115200; then
                terminfo serial dumb
                terminal_output console serial
              fi
            else
              insmod all_video
            fi

            menuentry "Cosmos.Multikernel" {

            """
        );
        AppendCommand(
            text,
            ["multiboot2", DriverPath, .. ArgumentSplitter.Split(layout.DriverArguments)]
        );
        // The CPU driver's header asks for a framebuffer, which is what UEFI has; a BIOS's screen stays in its text mode.
        text.Append(
            """
              if [ "$grub_platform" = "pc" ]; then
                set gfxpayload=text
              fi

            """
        );
        foreach (var module in layout.Modules)
        {
            AppendCommand(text, ["module2", modulePath(module), .. ModuleCommandLine(module)]);
        }

        foreach (var data in layout.Data)
        {
            // As it is: GRUB would unpack what looks compressed.
            AppendCommand(
                text,
                ["module2", "--nounzip", DataFolder + data.Name, data.Name, "data"]
            );
        }

        text.Append("}\n");
        return text.ToString();
    }

    private static IEnumerable<string> ModuleCommandLine(ImageModule module)
    {
        yield return module.Name;
        yield return $"cores={module.Cores}";
        if (module.IsConsole)
        {
            yield return "console";
        }

        if (module.IsMonitor)
        {
            yield return "monitor";
        }

        if (module.Devices is not ("" or "false" or "False"))
        {
            yield return $"devices={(module.Devices is "true" or "True" ? "all" : module.Devices)}";
        }

        if (module.Restart.Length > 0)
        {
            yield return $"restart={module.Restart}";
        }

        if (module.Memory.Length > 0)
        {
            yield return $"memory={module.Memory}";
        }

        if (module.Priority.Length > 0)
        {
            yield return $"priority={module.Priority}";
        }

        var arguments = ArgumentSplitter.Split(module.Arguments);
        if (arguments.Count > 0)
        {
            yield return "--";
        }

        foreach (var argument in arguments)
        {
            yield return argument;
        }
    }

    private static void AppendCommand(StringBuilder text, IEnumerable<string> words) =>
        text.Append("  ").AppendJoin(' ', words.Select(Quote)).Append('\n');

    // Inside single quotes GRUB's shell takes everything literally; only the quote itself must step outside.
    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-=,+:".Contains(c))
            ? word
            : $"'{word.Replace("'", @"'\''")}'";
}
