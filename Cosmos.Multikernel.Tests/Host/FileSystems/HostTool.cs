using System.Diagnostics;

namespace Cosmos.Multikernel.Tests.Host.FileSystems;

/// <summary>Programs of the host that know disks and file systems: the tests' second opinion.</summary>
internal static class HostTool
{
    /// <summary>Runs a program; a status other than 0 is an error.</summary>
    public static string Run(string program, params IEnumerable<string> arguments)
    {
        (int status, string output) = Try(program, arguments);
        return status == 0
            ? output
            : throw new InvalidOperationException($"{program} ended with {status}:\n{output}");
    }

    /// <summary>Runs a program and tells its status and all it said.</summary>
    public static (int Status, string Output) Try(
        string program,
        params IEnumerable<string> arguments
    )
    {
        ProcessStartInfo start = new(Find(program), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // Names in the images are UTF-8 for all programs; mtools asks nothing and checks no geometry.
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["MTOOLS_SKIP_CHECK"] = "1";
        start.Environment["TZ"] = "UTC";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    // Administration tools live in sbin, which a plain user's path lacks.
    private static string Find(string program) =>
        new[] { "/usr/sbin", "/sbin", "/usr/bin", "/bin" }
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists)
        ?? program;
}

/// <summary>A directory of a test's own, gone when the test is.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public ScratchDirectory()
    {
        // In memory where the host has that: the tests write many images.
        string root = Directory.Exists("/dev/shm")
            ? "/dev/shm"
            : global::System.IO.Path.GetTempPath();
        Path = global::System.IO.Path.Combine(root, $"cosmos-files-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string File(string name) => global::System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
