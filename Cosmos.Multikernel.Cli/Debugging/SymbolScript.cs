using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Debugging;

/// <summary>
/// What gdb must know about an image, as a script that it sources: the symbols of CPU driver and instances at the places
/// where they are loaded, and commands that speak of cores.
/// <para>
/// A step moves the core that is looked at and no other. With all cores running, others meet the breakpoints meanwhile, the
/// step's own among them, and gdb then ends it somewhere in the middle, on another core or with a signal out of nowhere.
/// </para>
/// </summary>
public static class SymbolScript
{
    /// <summary>Writes the script of an image.</summary>
    /// <param name="layout">What is on the image.</param>
    /// <param name="file">The script to write.</param>
    public static void Write(ImageLayout layout, string file)
    {
        var script = new StringBuilder();
        script.Append("set confirm off\n");
        script.Append("set pagination off\n");
        if (Repository.IsCheckout)
        {
            // Optimised programs do not say in which folder they were built (PathMap in Directory.Build.props).
            script.Append($"set substitute-path /_/ {Repository.Root}/\n");
        }

        script.Append($"file {Quote(Path.ChangeExtension(layout.Driver, ".dbg"))}\n");
        for (var i = 0; i < layout.Modules.Count; i++)
        {
            // The program, not the .dbg beside it: gdb finds that by itself, and unwinds frames by what only the program has.
            var program = Quote(layout.Modules[i].File);
            script.Append($"add-symbol-file {program} -o 0x{ImagePlace.Of((ulong)i):x}\n");
        }

        // QEMU shows its processors as gdb's threads, which count from 1. The setting for steps is one that gdb takes only
        // once it is connected: at the first stop, which is then, and not again, so that a user may choose otherwise.
        script.Append(
            """
            set confirm on
            set $steps_are_set = 0
            define hook-stop
              if !$steps_are_set
                set $steps_are_set = 1
                set scheduler-locking step
              end
            end
            define core
              thread $arg0 + 1
            end
            document core
            core N: look at core N (cores count from 0).
            end
            define cbreak
              break $arg1 if $_thread == $arg0 + 1
            end
            document cbreak
            cbreak N FILE:LINE: stop there on core N only.
            end
            define cores
              info threads
            end
            document cores
            Where each core is. gdb calls core N thread N + 1.
            end

            """
        );
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, script.ToString());
    }

    private static string Quote(string path) => $"\"{path.Replace("\"", "\\\"")}\"";
}
