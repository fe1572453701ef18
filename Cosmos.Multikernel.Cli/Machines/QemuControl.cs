using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>QEMU's control line: JSON lines over a Unix socket (the QEMU Machine Protocol).</summary>
internal sealed class QemuControl : IDisposable
{
    private static readonly TimeSpan OpeningLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    private readonly Socket _socket;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    private QemuControl(Socket socket)
    {
        _socket = socket;
        var stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new StreamReader(stream);
        _writer = new StreamWriter(stream) { AutoFlush = true };
    }

    /// <exception cref="MachineException">QEMU does not listen, even after a while: it opens the line some time after its start.</exception>
    public static async Task<QemuControl> ConnectAsync(string path, CancellationToken cancellation)
    {
        var control = new QemuControl(await OpenAsync(path, cancellation).ConfigureAwait(false));
        // QEMU greets, and takes commands only after this one.
        await control._reader.ReadLineAsync(cancellation).ConfigureAwait(false);
        await control.ExecuteAsync("qmp_capabilities", [], cancellation).ConfigureAwait(false);
        return control;
    }

    /// <summary>Writes what the screen shows to a file: as PPM where its name ends so, else as PNG.</summary>
    public Task ScreenshotAsync(string file, CancellationToken cancellation) =>
        ExecuteAsync(
            "screendump",
            new JsonObject
            {
                ["filename"] = file,
                ["format"] = file.EndsWith(".ppm", StringComparison.Ordinal) ? "ppm" : "png",
            },
            cancellation
        );

    /// <summary>Presses keys together and lets them go.</summary>
    /// <param name="keys">QEMU's names (QKeyCode), such as <c>a</c>, <c>shift</c>, <c>ret</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task PressAsync(IEnumerable<string> keys, CancellationToken cancellation) =>
        ExecuteAsync(
            "send-key",
            new JsonObject
            {
                ["keys"] = new JsonArray([
                    .. keys.Select(key => new JsonObject { ["type"] = "qcode", ["data"] = key }),
                ]),
                ["hold-time"] = 20,
            },
            cancellation
        );

    /// <summary>Interrupts the processors in a way that they cannot put off (NMI).</summary>
    public Task InterruptAsync(CancellationToken cancellation) =>
        ExecuteAsync("inject-nmi", [], cancellation);

    /// <summary>Writes physical memory, as the processors see it, to a file.</summary>
    public Task SaveMemoryAsync(
        ulong address,
        int length,
        string file,
        CancellationToken cancellation
    ) =>
        ExecuteAsync(
            "pmemsave",
            new JsonObject
            {
                ["val"] = address,
                ["size"] = length,
                ["filename"] = file,
            },
            cancellation
        );

    /// <summary>Plugs a network card's cable in or out.</summary>
    public Task SetLinkAsync(string name, bool isUp, CancellationToken cancellation) =>
        ExecuteAsync("set_link", new JsonObject { ["name"] = name, ["up"] = isUp }, cancellation);

    /// <summary>The host threads that are the virtual processors, in their order.</summary>
    public async Task<IReadOnlyList<int>> ProcessorThreadsAsync(CancellationToken cancellation)
    {
        var processors = await ExecuteAsync("query-cpus-fast", [], cancellation)
            .ConfigureAwait(false);
        return
        [
            .. processors
                .EnumerateArray()
                .OrderBy(processor => processor.GetProperty("cpu-index").GetInt32())
                .Select(processor => processor.GetProperty("thread-id").GetInt32()),
        ];
    }

    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
        _socket.Dispose();
    }

    private static async Task<Socket> OpenAsync(string path, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            var socket = new Socket(
                AddressFamily.Unix,
                SocketType.Stream,
                ProtocolType.Unspecified
            );
            try
            {
                await socket
                    .ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation)
                    .ConfigureAwait(false);
                return socket;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(begin) < OpeningLimit)
            {
                socket.Dispose();
                await Task.Delay(Retry, cancellation).ConfigureAwait(false);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                throw new MachineException(
                    $"QEMU's control line does not answer: {failure.Message}"
                );
            }
        }
    }

    private async Task<JsonElement> ExecuteAsync(
        string command,
        JsonObject arguments,
        CancellationToken cancellation
    )
    {
        var request = new JsonObject { ["execute"] = command, ["arguments"] = arguments };
        await _writer
            .WriteLineAsync(request.ToJsonString().AsMemory(), cancellation)
            .ConfigureAwait(false);
        // Events may come in between; only an answer has one of these two.
        while (await _reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            using var answer = JsonDocument.Parse(line);
            if (answer.RootElement.TryGetProperty("return", out var result))
            {
                return result.Clone();
            }

            if (answer.RootElement.TryGetProperty("error", out var error))
            {
                throw new MachineException($"QEMU refuses {command}: {error}");
            }
        }

        throw new MachineException($"QEMU ended before it answered {command}");
    }
}
