using System.CommandLine;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Usb;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>write-usb</c>: a boot image onto a USB stick, after its user has seen which.</summary>
internal static class WriteUsbCommand
{
    private static readonly Argument<string> Device = new("device")
    {
        Description = "The whole stick's device, such as /dev/sdb. Everything on it is lost.",
    };

    private static readonly Argument<string?> Project = ProjectArgument.Create();

    private static readonly Option<string?> Image = new("--image")
    {
        Description = "Write this ISO instead of building a project.",
    };

    private static readonly Option<bool> Yes = new("--yes", "-y")
    {
        Description = "Do not ask. For scripts that are sure of the device.",
    };

    private static readonly Option<bool> AnyDisk = new("--any-disk")
    {
        Description = "Also a disk that is neither removable nor on USB.",
    };

    public static Command Create()
    {
        var command = new Command(
            "write-usb",
            "Write a boot image to a USB stick: shows the stick, asks, writes, reads it back."
        )
        {
            Device,
            Project,
            Image,
            Yes,
            AnyDisk,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var path = arguments.GetValue(Device)!;
        var anyDisk = arguments.GetValue(AnyDisk);
        // What is wrong with the device itself is told before a build takes its time.
        var device = UsbDevice.Find(path);
        Refuse(device, image: 0, anyDisk);
        var image =
            arguments.GetValue(Image)
            ?? await BuildAsync(arguments.GetValue(Project), cancellation).ConfigureAwait(false);
        if (!File.Exists(image))
        {
            throw new CommandFailure($"--image {image}: there is no such file");
        }

        Refuse(device, new FileInfo(image).Length, anyDisk);
        foreach (var line in device.Describe())
        {
            Console.Error.WriteLine(line);
        }

        if (!arguments.GetValue(Yes))
        {
            Confirm(path);
        }

        // Meanwhile another program may have mounted it.
        Refuse(UsbDevice.Find(path), new FileInfo(image).Length, anyDisk);
        await UsbWriter.WriteAsync(image, path, cancellation).ConfigureAwait(false);
        Report.Line($"{path} boots {Path.GetFileName(image)} now");
        return 0;
    }

    private static void Refuse(UsbDevice device, long image, bool anyDisk)
    {
        if (device.Objection(image, anyDisk) is { } objection)
        {
            throw new CommandFailure(objection);
        }
    }

    private static async Task<string> BuildAsync(string? project, CancellationToken cancellation)
    {
        var kernel = KernelProject.Find(project);
        await kernel.BuildAsync(cancellation).ConfigureAwait(false);
        return kernel.Image;
    }

    private static void Confirm(string path)
    {
        Console.Error.Write(
            $"Everything on it will be lost. Type {path} again to write, anything else to stop: "
        );
        if (Console.ReadLine()?.Trim() != path)
        {
            throw new CommandFailure("nothing was written");
        }
    }
}
