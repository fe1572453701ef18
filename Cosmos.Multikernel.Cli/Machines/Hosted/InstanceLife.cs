using System.Globalization;
using System.Text;
using Cosmos.Multikernel.Channels.Platforms.Hosted;
using Cosmos.Multikernel.Sdk.Images;
using Microsoft.Win32.SafeHandles;

namespace Cosmos.Multikernel.Cli.Machines.Hosted;

/// <summary>One life of an instance of a hosted machine: its process, from its start to its end.</summary>
internal sealed class InstanceLife
{
    private const int SignalBase = 128;

    private readonly ImageModule _module;
    private readonly int _core;
    private readonly Action<byte[]> _say;
    private readonly HostedDomain _domain;
    private readonly uint _life;
    private readonly SafeFileHandle _pipe;
    private readonly InstanceOutput _output;
    private readonly NativeProcess _process;
    private readonly Thread _reader;
    private readonly Thread _waiter;
    private volatile bool _isQuiet;

    /// <param name="module">What runs.</param>
    /// <param name="core">The core it stands for.</param>
    /// <param name="domain">Its page.</param>
    /// <param name="environment">What it is told.</param>
    /// <param name="processor">The host's processor that it runs on.</param>
    /// <param name="input">Its standard input; null for none.</param>
    /// <param name="say">Takes what comes out, as a serial line would carry it.</param>
    /// <param name="decide">Says what follows an end with a wait status, for the line about it.</param>
    /// <param name="ended">Called once, with its wait status, and its status as a shell would return it.</param>
    public InstanceLife(
        ImageModule module,
        int core,
        HostedDomain domain,
        IReadOnlyDictionary<string, string> environment,
        int processor,
        SafeFileHandle? input,
        Action<byte[]> say,
        Func<int, string> decide,
        Action<int, int> ended
    )
    {
        _module = module;
        _core = core;
        _domain = domain;
        _say = say;
        _output = new InstanceOutput(module.IsConsole ? null : Tag, say);
        // Before the process, which asks for it.
        _life = domain.BeginLife();
        (_pipe, var childOutput) = NativeProcess.CreatePipe();
        using (childOutput)
        {
            _process = NativeProcess.Start(
                ParentThread.Guarded(Command(module)),
                environment,
                input,
                childOutput,
                processor
            );
        }

        domain.ProcessId = _process.Id;
        _reader = new Thread(Read) { IsBackground = true, Name = $"output of {Tag}" };
        _waiter = new Thread(() => Wait(decide, ended))
        {
            IsBackground = true,
            Name = $"end of {Tag}",
        };
        _reader.Start();
        _waiter.Start();
    }

    private string Tag => string.Create(CultureInfo.InvariantCulture, $"[{_core} {_module.Name}]");

    /// <summary>Kills the process without a word about its end.</summary>
    public void KillQuietly()
    {
        _isQuiet = true;
        _process.Kill();
    }

    /// <summary>Blocks until the process has ended and its output is out.</summary>
    public void Join()
    {
        _waiter.Join();
        _pipe.Dispose();
    }

    // An assembly is run by the just-in-time compiler, everything else is a program.
    private static IEnumerable<string> Command(ImageModule module)
    {
        var arguments = ArgumentSplitter.Split(module.Arguments);
        return module.File.EndsWith(".dll", StringComparison.Ordinal)
            ? [FindDotnet(), module.File, .. arguments]
            : [module.File, .. arguments];
    }

    private static string FindDotnet() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (
            Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
                ? Environment.ProcessPath!
                : "dotnet"
        );

    private void Wait(Func<int, string> decide, Action<int, int> ended)
    {
        var waitStatus = _process.Wait();

        _reader.Join();
        var signal = waitStatus & 0x7F;
        var code = (waitStatus >> 8) & 0xFF;
        if (!_isQuiet)
        {
            var how =
                signal == 0
                    ? $"status {code}"
                    : $"signal {signal} ({NativeProcess.SignalName(signal)})";
            _say(Encoding.UTF8.GetBytes($"{Tag}: ended: {how}{decide(waitStatus)}\n"));
        }

        // As the CPU driver does: first the line about it, then the peers, who wait for this word; only we can say it.
        _domain.RecordEnd(_life, waitStatus);
        ended(waitStatus, signal == 0 ? code : SignalBase + signal);
    }

    private void Read()
    {
        var bytes = new byte[4096];
        using var stream = new FileStream(_pipe, FileAccess.Read, bufferSize: 0);
        int count;
        while ((count = stream.Read(bytes)) > 0)
        {
            _output.Take(bytes.AsSpan(0, count));
        }

        _output.End();
    }
}
