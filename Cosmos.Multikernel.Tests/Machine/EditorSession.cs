using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Tests.Host.Tools;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// F5 in Visual Studio Code, without it: the task that boots, in a terminal, until it says what ends the waiting; gdb by its
/// machine interface with the commands of launch.json, as the C/C++ extension calls it; and the end of the task's terminal.
/// </summary>
internal sealed class EditorSession : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Process _terminal;
    private readonly Process _gdb;
    private readonly int _port;
    private readonly StringBuilder _said = new();

    private EditorSession(Process terminal, Process gdb, int port)
    {
        (_terminal, _gdb, _port) = (terminal, gdb, port);
    }

    /// <summary>Does what F5 does until the machine waits at its first instruction.</summary>
    /// <param name="folder">The folder that is open in the editor.</param>
    /// <param name="environment">What its tasks find in their environment.</param>
    /// <param name="port">The port to use instead of the one in the files, which another machine may have.</param>
    public static async Task<EditorSession> StartAsync(
        string folder,
        IEnumerable<string> environment,
        int port
    )
    {
        var files = new EditorFiles(folder);
        var debugging = files.Configuration(EditorFiles.Debugging);
        var boot = files.Task(debugging.GetProperty("preLaunchTask").GetString()!);
        var command = $"{boot.GetProperty("command").GetString()} --port {port}";
        var terminal = Start(
            "env",
            ["-C", folder, .. environment, "script", "--quiet", "--command", command, "/dev/null"]
        );
        await WaitAsync(
            terminal.StandardOutput,
            boot.GetProperty("problemMatcher")
                .GetProperty("background")
                .GetProperty("endsPattern")
                .GetString()!
        );
        _ = terminal.StandardOutput.ReadToEndAsync();

        var gdb = Start("env", ["-C", folder, "gdb", "--interpreter=mi", "-quiet"]);
        var session = new EditorSession(terminal, gdb, port);
        foreach (var setup in files.SetupCommands)
        {
            await session.DoAsync($"-interpreter-exec console \"{setup}\"");
        }

        await session.DoAsync($"-target-select remote 127.0.0.1:{port}", @"\*stopped");
        return session;
    }

    /// <summary>Gives gdb a command, which must succeed.</summary>
    /// <param name="until">What it says at the command's end, when that is more than that it is done.</param>
    /// <returns>What it said meanwhile.</returns>
    public async Task<string> DoAsync(string command, string until = @"\^done")
    {
        var start = _said.Length;
        await _gdb.StandardInput.WriteLineAsync(command);
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var said = _said.ToString(start, _said.Length - start);
            Assert.That(said, Does.Not.Contain("^error"), command);
            if (Regex.IsMatch(said, until))
            {
                return said;
            }

            _said.AppendLine(
                await _gdb.StandardOutput.ReadLineAsync(limit.Token)
                    ?? throw new AssertionException($"gdb has ended at {command}: {said}")
            );
        }
    }

    /// <summary>Stop, and as rudely as an editor that crashes: gdb goes, and the task's terminal. The machine must go with them.</summary>
    public async Task StopAsync()
    {
        _gdb.Kill();
        _terminal.Kill();
        var clock = Stopwatch.StartNew();
        while (IsListening())
        {
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)), "a machine is left");
            await Task.Delay(50);
        }
    }

    public ValueTask DisposeAsync()
    {
        _gdb.Kill();
        _terminal.Kill();
        _gdb.Dispose();
        _terminal.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool IsListening()
    {
        using var client = new TcpClient();
        try
        {
            client.Connect("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task WaitAsync(StreamReader output, string pattern)
    {
        using var limit = new CancellationTokenSource(Limit);
        var said = new StringBuilder();
        while (await output.ReadLineAsync(limit.Token) is { } line)
        {
            said.AppendLine(line);
            if (Regex.IsMatch(line, pattern))
            {
                return;
            }
        }

        Assert.Fail($"it never said {pattern}:\n{said}");
    }

    private static Process Start(string program, IEnumerable<string> arguments) =>
        Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
}
