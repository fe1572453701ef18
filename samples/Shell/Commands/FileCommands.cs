namespace Shell.Commands;

/// <summary>
/// Files: nothing but System.IO, as any .NET program uses it. What that needs of the multikernel happens below it
/// (docs/file-systems.md).
/// </summary>
internal static class FileCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<Command> All { get; } =
    [
        new("ls", "[PATH...]", "lists directories", OnPool(List)),
        new("cat", "FILE...", "prints files", CatAsync),
        new("write", "FILE [WORD...]", "makes a file of the words", OnPool(Write)),
        new("cp", "FROM... TO", "copies files", OnPool(Copy)),
        new("mv", "FROM... TO", "renames files or directories, or moves them", OnPool(Move)),
        new("mkdir", "PATH...", "makes directories", OnPool(MakeDirectory)),
        new(
            "rm",
            "[-r] PATH...",
            "removes files, with -r directories and what is in them",
            OnPool(Remove)
        ),
        new("df", "", "shows how full the file systems are", OnPool(ShowSpace)),
    ];

    private static void List(CommandContext context)
    {
        var paths = context.Arguments is [] ? ["."] : context.Arguments;
        foreach (var path in paths)
        {
            if (File.Exists(path))
            {
                Show(new FileInfo(path));
                continue;
            }

            foreach (
                var entry in new DirectoryInfo(path)
                    .EnumerateFileSystemInfos()
                    .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            )
            {
                Show(entry);
            }
        }
    }

    private static void Show(FileSystemInfo entry)
    {
        var size = entry is FileInfo file ? $"{file.Length}" : "-";
        var mark =
            entry.LinkTarget is { } target ? $" -> {target}"
            : entry is DirectoryInfo ? "/"
            : "";
        Console.Out.Write(
            $"{size, 12}  {entry.LastWriteTimeUtc:yyyy-MM-dd HH:mm:ss}  {entry.Name}{mark}\n"
        );
    }

    private static async Task CatAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(1, int.MaxValue, "cat FILE...");
        foreach (var path in context.Arguments)
        {
            await Explained(async () =>
            {
                using StreamReader reader = new(path);
                var buffer = new char[4096];
                int count;
                while ((count = await reader.ReadAsync(buffer, interrupt)) != 0)
                {
                    Console.Out.Write(buffer, 0, count);
                }
            });
        }
    }

    private static void Write(CommandContext context)
    {
        context.ExpectArguments(1, int.MaxValue, "write FILE [WORD...]");
        File.WriteAllText(context.Arguments[0], string.Join(' ', context.Arguments.Skip(1)) + "\n");
    }

    private static void Copy(CommandContext context)
    {
        context.ExpectArguments(2, int.MaxValue, "cp FROM... TO");
        foreach (var from in context.Arguments.SkipLast(1))
        {
            File.Copy(from, TargetOf(context, from), overwrite: true);
        }
    }

    private static void Move(CommandContext context)
    {
        context.ExpectArguments(2, int.MaxValue, "mv FROM... TO");
        foreach (var from in context.Arguments.SkipLast(1))
        {
            if (Directory.Exists(from))
            {
                Directory.Move(from, TargetOf(context, from));
            }
            else
            {
                File.Move(from, TargetOf(context, from), overwrite: true);
            }
        }
    }

    // Into a directory under the same name; several can only go into one.
    private static string TargetOf(CommandContext context, string from)
    {
        var target = context.Arguments[^1];
        if (Directory.Exists(target))
        {
            return Path.Combine(target, Path.GetFileName(from.TrimEnd('/')));
        }

        return context.Arguments.Count == 2
            ? target
            : throw new CommandException($"{target} is no directory");
    }

    private static void MakeDirectory(CommandContext context)
    {
        context.ExpectArguments(1, int.MaxValue, "mkdir PATH...");
        foreach (var path in context.Arguments)
        {
            if (Directory.Exists(path))
            {
                throw new CommandException($"{path} is there already");
            }

            Directory.CreateDirectory(path);
        }
    }

    private static void Remove(CommandContext context)
    {
        var isRecursive = context.Arguments is ["-r", ..];
        var paths = context.Arguments.Skip(isRecursive ? 1 : 0).ToList();
        if (paths.Count == 0)
        {
            throw new CommandException("usage: rm [-r] PATH...", CommandException.Usage);
        }

        foreach (var path in paths)
        {
            if (isRecursive && Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else if (Directory.Exists(path))
            {
                throw new CommandException($"{path} is a directory (rm -r removes it)");
            }
            else if (!Path.Exists(path) && new FileInfo(path).LinkTarget is null)
            {
                throw new CommandException($"there is no {path}");
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    private static void ShowSpace(CommandContext context)
    {
        context.ExpectArguments(0, 0, "df");
        Console.Out.Write("TYPE            SIZE KB      FREE KB  MOUNTED ON\n");
        foreach (var drive in DriveInfo.GetDrives())
        {
            Console.Out.Write(
                $"{drive.DriveFormat, -10}{drive.TotalSize >> 10, 13}{drive.AvailableFreeSpace >> 10, 13}  {drive.Name}\n"
            );
        }
    }

    // System.IO blocks; the shell's event loop goes on meanwhile.
    private static Func<CommandContext, CancellationToken, Task> OnPool(
        Action<CommandContext> act
    ) =>
        (context, interrupt) =>
            Explained(() => Task.Run(() => act(context), interrupt).WaitAsync(interrupt));

    // An image carries no texts of the class library's own exceptions: here are some.
    private static async Task Explained(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (FileNotFoundException exception)
        {
            throw new CommandException($"there is no {exception.FileName}");
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new CommandException($"there is no such directory: {Subject(exception)}");
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new CommandException($"that is not allowed: {Subject(exception)}");
        }
    }

    // "KEY, PATH" where texts are left out.
    private static string Subject(Exception exception) =>
        exception.Message[
            (
                exception.Message.IndexOf(", ", StringComparison.Ordinal) is var at and >= 0
                    ? at + 2
                    : 0
            )..
        ];
}
