using System.Diagnostics;
using System.Text;
using Cosmos.Multikernel.Channels.Platforms.Hosted;

namespace Cosmos.Multikernel.Tests.Host.Hosted;

/// <summary>The command line as a user starts it: <c>run --hosted</c> in a process of its own.</summary>
internal sealed class LauncherProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly StringBuilder output = new();
    private readonly Process process;

    public LauncherProcess(params IEnumerable<string> arguments)
        : this(waitForDebugger: "", ignoresInterrupt: false, arguments) { }

    /// <param name="waitForDebugger">The instance that waits for a debugger; empty for none.</param>
    /// <param name="ignoresInterrupt">Whether it starts with SIGINT ignored, as a job in the background of a script does.</param>
    /// <param name="arguments">After <c>run --hosted</c>.</param>
    public LauncherProcess(
        string waitForDebugger,
        bool ignoresInterrupt,
        IEnumerable<string> arguments
    )
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Cosmos.Multikernel.Cli.dll");
        // Said either way: else it would have what the shell that started the tests passed on.
        string interrupt = ignoresInterrupt ? "--ignore-signal=INT" : "--default-signal=INT";
        ProcessStartInfo start = new(
            "env",
            [interrupt, "dotnet", program, "run", "--hosted", .. arguments]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["COSMOS_WAIT_FOR_DEBUGGER"] = waitForDebugger;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Collect(line.Data);
        process.ErrorDataReceived += (_, line) => Collect(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>All it has written so far, errors included.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public int Id => process.Id;

    /// <summary>The folder that is its machine.</summary>
    public string Folder => Path.Combine(HostedPlatform.MachinesDirectory, $"cosmos-{Id}-1");

    /// <summary>The processes of its instances.</summary>
    public IReadOnlyList<int> Instances
    {
        get
        {
            List<int> processes = [];
            // CORE.NAME; other folders hold what belongs to no instance, such as frames.
            foreach (string directory in Directory.GetDirectories(Folder))
            {
                string[] parts = Path.GetFileName(directory).Split('.', 2);
                if (parts.Length < 2)
                {
                    continue;
                }
                using HostedDomain domain = HostedDomain.TryOpen(
                    Folder,
                    int.Parse(parts[0]),
                    parts[1]
                )!;
                processes.Add(domain.ProcessId);
            }
            return processes;
        }
    }

    /// <summary>Types a line into the console.</summary>
    public void Type(string line)
    {
        process.StandardInput.Write(line + "\n");
        process.StandardInput.Flush();
    }

    /// <summary>The end of its input.</summary>
    public void CloseInput() => process.StandardInput.Close();

    /// <summary>Sends a signal to it or to another process.</summary>
    public static void Signal(int id, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it has written something.</summary>
    public Task ExpectAsync(string text) =>
        WaitUntilAsync(() => Output.Contains(text, StringComparison.Ordinal), $"'{text}'");

    /// <summary>Waits until the shell and all that it shows on the other cores run, however slow this host is.</summary>
    public async Task HasStartedAsync(int cores)
    {
        for (int core = 1; core < cores; core++)
        {
            await ExpectAsync($"[{core} hello] Hello from core {core} of {cores}.");
        }
        Type("cores");
        await ExpectAsync($"{cores - 1}  hello         running");
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> EndAsync()
    {
        using CancellationTokenSource limit = new(Patience);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>Waits until something is so.</summary>
    public async Task WaitUntilAsync(Func<bool> isSo, string what)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!isSo())
        {
            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"Not so in time: {what}. It wrote:\n{Output}");
            }
            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }

    private void Collect(string? line)
    {
        lock (output)
        {
            output.AppendLine(line);
        }
    }
}
