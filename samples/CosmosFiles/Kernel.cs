using System;
using System.IO;
using Cosmos.System.FileSystem;
using Cosmos.System.FileSystem.Listing;
using Cosmos.System.FileSystem.VFS;
using Sys = Cosmos.System;

namespace CosmosFiles;

/// <summary>A file browser as kernels for Cosmos have it: a current directory on drive 0, VFSManager and System.IO side by side.</summary>
public class Kernel : Sys.Kernel
{
    private CosmosVFS fs;
    private string currentDirectory = @"0:\";

    protected override void BeforeRun()
    {
        fs = new Sys.FileSystem.CosmosVFS();
        VFSManager.RegisterVFS(fs);
        Console.WriteLine("File system: " + fs.GetFileSystemType(@"0:\"));
        Console.WriteLine("Label: " + fs.GetFileSystemLabel(@"0:\"));
        Console.WriteLine("Free: " + fs.GetAvailableFreeSpace(@"0:\") / 1024 + " KB");
    }

    protected override void Run()
    {
        Console.Write(currentDirectory + ">");
        string input = Console.ReadLine();
        if (input == null)
        {
            Stop();
            return;
        }

        string[] args = input.Split(' ', 3);
        try
        {
            Execute(args);
        }
        catch (Exception e)
        {
            Console.WriteLine("Error: " + e.Message);
        }
    }

    private void Execute(string[] args)
    {
        switch (args[0])
        {
            case "dir":
                foreach (DirectoryEntry entry in VFSManager.GetDirectoryListing(currentDirectory))
                {
                    if (entry.mEntryType == DirectoryEntryTypeEnum.Directory)
                    {
                        Console.WriteLine("<DIR> " + entry.mName);
                    }
                    else
                    {
                        Console.WriteLine("      " + entry.mName + " " + entry.mSize);
                    }
                }
                break;
            case "files":
                foreach (string file in Directory.GetFiles(currentDirectory))
                {
                    Console.WriteLine(Path.GetFileName(file) + " = " + file);
                }
                break;
            case "cd":
                if (args[1] == "..")
                {
                    currentDirectory =
                        Path.GetDirectoryName(currentDirectory.TrimEnd('\\')) ?? @"0:\";
                }
                else if (Directory.Exists(currentDirectory + args[1]))
                {
                    currentDirectory += args[1] + @"\";
                }
                else
                {
                    Console.WriteLine("not found: " + args[1]);
                }
                if (!currentDirectory.EndsWith('\\'))
                {
                    currentDirectory += @"\";
                }
                Directory.SetCurrentDirectory(currentDirectory);
                break;
            case "pwd":
                Console.WriteLine(Directory.GetCurrentDirectory());
                break;
            case "mkdir":
                fs.CreateDirectory(currentDirectory + args[1]);
                break;
            case "touch":
                VFSManager.CreateFile(currentDirectory + args[1]);
                break;
            case "write":
                File.WriteAllText(Path.Combine(currentDirectory, args[1]), args[2]);
                break;
            case "append":
                File.AppendAllText(currentDirectory + args[1], args[2]);
                break;
            case "cat":
                Console.WriteLine(File.ReadAllText(args[1]));
                break;
            case "stream":
                using (
                    Stream stream = VFSManager.GetFile(currentDirectory + args[1]).GetFileStream()
                )
                {
                    byte[] text = new byte[stream.Length];
                    stream.ReadExactly(text);
                    Console.WriteLine(System.Text.Encoding.ASCII.GetString(text));
                }
                break;
            case "info":
                FileInfo info = new FileInfo(currentDirectory + args[1]);
                Console.WriteLine(
                    info.Name
                        + " | "
                        + info.FullName
                        + " | "
                        + info.DirectoryName
                        + " | "
                        + info.Length
                );
                break;
            case "path":
                Console.WriteLine(
                    Path.GetPathRoot(args[1])
                        + " | "
                        + Path.GetDirectoryName(args[1])
                        + " | "
                        + Path.GetFileNameWithoutExtension(args[1])
                        + " | "
                        + Path.GetExtension(args[1])
                        + " | "
                        + Path.GetFullPath(args[1])
                        + " | "
                        + Path.IsPathRooted(args[1])
                );
                break;
            case "del":
                VFSManager.DeleteFile(currentDirectory + args[1]);
                break;
            case "rmdir":
                VFSManager.DeleteDirectory(currentDirectory + args[1], true);
                break;
            case "drives":
                foreach (DriveInfo drive in DriveInfo.GetDrives())
                {
                    Console.WriteLine(
                        drive.Name + " " + (drive.TotalSize >= drive.AvailableFreeSpace)
                    );
                }
                Console.WriteLine(new DriveInfo("0").Name + " " + VFSManager.GetDisks().Count);
                break;
            case "format":
                fs.Format("0", "FAT32", true);
                break;
            case "shutdown":
                Sys.Power.Shutdown();
                break;
            default:
                Console.WriteLine(
                    "dir, files, cd, pwd, mkdir, touch, write, append, cat, stream, info, path, del, rmdir, drives, format, shutdown"
                );
                break;
        }
    }
}
