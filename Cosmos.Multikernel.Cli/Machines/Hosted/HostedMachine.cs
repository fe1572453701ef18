using System.Text;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Machines.Hosted;

/// <summary>
/// A machine without emulator: each instance is a Linux process, pinned to a processor of this host, over a folder in shared
/// memory. What differs from the metal is below the channels only; see HostedPlatform in Cosmos.Multikernel.
/// </summary>
internal sealed class HostedMachine : VirtualMachine
{
    private readonly IReadOnlyList<(ImageModule Module, int Core)> _placed;
    private readonly IReadOnlyList<DataModule> _data;
    private readonly Lock _gate = new();
    private readonly Lock _line = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly TaskCompletionSource<int> _exited = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private PowerCycle _cycle;
    private bool _killed;

    private HostedMachine(
        MachineOptions options,
        IReadOnlyList<(ImageModule Module, int Core)> placed,
        IReadOnlyList<DataModule> data
    )
        : base(options)
    {
        _placed = placed;
        _data = data;
        _cycle = Begin();
        var thread = new Thread(Live) { IsBackground = true, Name = "hosted machine" };
        thread.Start();
    }

    public override Task<int> Exited => _exited.Task;

    public override bool ReadsInput => _placed.Any(item => item.Module.IsConsole);

    /// <exception cref="MachineException">An instance is wrong or could not be started.</exception>
    public static HostedMachine Start(MachineOptions options, ImageLayout layout)
    {
        try
        {
            var modules = layout.Modules.Select(module => module.Validated()).ToList();
            var data = layout.Data.Select(data => data.Validated()).ToList();

            // The CPU driver's order: instance by instance, each core by core.
            List<(ImageModule, int)> placed =
            [
                .. modules.SelectMany(module =>
                    CoreList.Expand(module.Cores, options.Cores).Select(core => (module, core))
                ),
            ];
            return placed.Count > 0
                ? new(options, placed, data)
                : throw new MachineException(
                    $"no instance runs on any of {options.Cores} cores (--cores gives more)"
                );
        }
        catch (ImageException failure)
        {
            throw new MachineException(failure.Message);
        }
    }

    public override Task SendAsync(ReadOnlyMemory<byte> keys, CancellationToken cancellation)
    {
        try
        {
            HostedInstance? console;
            lock (_gate)
            {
                console = _cycle.Console;
            }

            // Not under the lock: an instance that reads nothing blocks who types, and must not block who kills it.
            console?.Type(keys.Span);
            return Task.CompletedTask;
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            throw new MachineException($"the machine is gone\n{Serial.Tail(20)}");
        }
    }

    public override void EndInput()
    {
        lock (_gate)
        {
            _cycle.Console?.EndInput();
        }
    }

    public override Task ScreenshotAsync(string file, CancellationToken cancellation) =>
        throw new MachineException("a hosted machine has no screen");

    public override async Task KillAsync()
    {
        lock (_gate)
        {
            _killed = true;
            _cycle.Kill();
        }

        await Exited.ConfigureAwait(false);
    }

    private protected override ValueTask ReleaseAsync() => ValueTask.CompletedTask;

    private PowerCycle Begin() => new(_placed, _data, Options.Cores, Options.HostedTrace, Say);

    private void Live()
    {
        try
        {
            while (true)
            {
                var (restart, status) = _cycle.RunToEnd();
                lock (_gate)
                {
                    if (!restart || _killed)
                    {
                        HearEnd();
                        _exited.SetResult(status);
                        return;
                    }

                    _cycle = Begin();
                }
            }
        }
        catch (Exception failure)
        {
            AddError(failure.Message);
            HearEnd();
            _exited.SetResult(1);
        }
    }

    // As the CPU driver sends it over a serial line: a carriage return before each line feed.
    private void Say(byte[] bytes)
    {
        var sent = new List<byte>(bytes.Length + 2);
        foreach (var value in bytes)
        {
            if (value == '\n')
            {
                sent.Add((byte)'\r');
            }

            sent.Add(value);
        }

        lock (_line)
        {
            var raw = sent.ToArray();
            var characters = new char[raw.Length + 1];
            var count = _decoder.GetChars(raw, characters, flush: false);
            Hear(raw, new string(characters, 0, count));
        }
    }
}
