using System.Globalization;
using System.Text;
using Cosmos.Multikernel.Channels.Platforms.Hosted;
using Cosmos.Multikernel.Sdk.Images;
using Microsoft.Win32.SafeHandles;

namespace Cosmos.Multikernel.Cli.Machines.Hosted;

/// <summary>
/// An instance of a hosted machine through all its lives: starts it again after an end as its module says, as the CPU driver does
/// on the metal (Domains/Supervision.cs).
/// </summary>
internal sealed class HostedInstance
{
    // As the CPU driver's: Domains/RestartRate.cs.
    private const int MostRestarts = 5;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    // What a shell returns for what cannot be run.
    private const int Refused = 126;

    private readonly HostedDomain _domain;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly int _processor;
    private readonly Action<byte[]> _say;
    private readonly Action<HostedInstance, int> _ended;
    private readonly SafeFileHandle? _inputForInstance;
    private readonly FileStream? _input;
    private readonly Action _startedAgain;
    private readonly Queue<long> _restarts = new();
    private readonly Lock _gate = new();
    private InstanceLife? _life;
    private Thread? _wisher;
    private bool _isOver;

    /// <param name="module">What runs.</param>
    /// <param name="core">The core it stands for.</param>
    /// <param name="domain">Its page.</param>
    /// <param name="environment">What it is told.</param>
    /// <param name="processor">The host's processor that it runs on.</param>
    /// <param name="say">Takes what comes out, as a serial line would carry it.</param>
    /// <param name="ended">Called when it has ended and is not started again, with its status as a shell would return it.</param>
    /// <param name="startedAgain">Called when an instance's wish starts it after that.</param>
    public HostedInstance(
        ImageModule module,
        int core,
        HostedDomain domain,
        IReadOnlyDictionary<string, string> environment,
        int processor,
        Action<byte[]> say,
        Action<HostedInstance, int> ended,
        Action startedAgain
    )
    {
        Module = module;
        Core = core;
        _domain = domain;
        _environment = environment;
        _processor = processor;
        _say = say;
        _ended = ended;
        _startedAgain = startedAgain;
        if (module.IsConsole)
        {
            // One for all lives: what is typed between two of them waits.
            (_inputForInstance, var input) = NativeProcess.CreatePipe();
            _input = new FileStream(input, FileAccess.Write, bufferSize: 0);
        }
    }

    public ImageModule Module { get; }

    public int Core { get; }

    /// <summary>Begins the first life.</summary>
    public void Start()
    {
        lock (_gate)
        {
            Begin();
        }
    }

    /// <summary>Types bytes, if this is the console's instance.</summary>
    /// <exception cref="IOException">It does not read any more.</exception>
    public void Type(ReadOnlySpan<byte> keys) => _input?.Write(keys);

    /// <summary>There will be no more keys.</summary>
    public void EndInput() => _input?.Dispose();

    /// <summary>Kills the process without a word about its end, and starts no other.</summary>
    public void KillQuietly()
    {
        lock (_gate)
        {
            _isOver = true;
            _life?.KillQuietly();
            _domain.WishForLife();
        }
    }

    /// <summary>Blocks until the process has ended and its output is out; it was killed, or has ended for good.</summary>
    public void Join()
    {
        // No life follows: what is there now is the last.
        _life?.Join();
        _wisher?.Join();
        _input?.Dispose();
        _inputForInstance?.Dispose();
        _domain.Dispose();
    }

    private void Begin() =>
        _life = new InstanceLife(
            Module,
            Core,
            _domain,
            _environment,
            _processor,
            _inputForInstance,
            _say,
            Decide,
            OnEnded
        );

    /// <summary>What becomes of the instance after an end, in the CPU driver's words.</summary>
    private string Decide(int waitStatus)
    {
        if (!Module.RestartsAfter(waitStatus))
        {
            return "";
        }

        while (
            _restarts.TryPeek(out var first)
            && Environment.TickCount64 - first >= Within.TotalMilliseconds
        )
        {
            _restarts.Dequeue();
        }

        return _restarts.Count < MostRestarts
            ? "; starts again"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"; not started again: {MostRestarts} restarts within {Within.TotalSeconds:0} s"
            );
    }

    private void OnEnded(int waitStatus, int status)
    {
        lock (_gate)
        {
            if (
                !_isOver
                && Module.RestartsAfter(waitStatus)
                && _restarts.Count < MostRestarts
                && TryBeginAgain()
            )
            {
                return;
            }

            if (!_isOver)
            {
                var lives = _domain.EndedLives;
                _wisher = new Thread(() => AwaitWish(lives))
                {
                    IsBackground = true,
                    Name = $"wish for {Module.Name} on core {Core}",
                };
                _wisher.Start();
            }
        }

        // Nobody reads any more: who types must hear of it.
        _inputForInstance?.Dispose();
        _ended(this, status);
    }

    /// <summary>An instance that has ended may be started because another wants it: its restarts are counted anew.</summary>
    private void AwaitWish(uint lives)
    {
        _domain.WaitForWish(lives);
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _restarts.Clear();
            _startedAgain();
            if (TryBeginAgain())
            {
                return;
            }
        }

        _ended(this, Refused);
    }

    private bool TryBeginAgain()
    {
        _restarts.Enqueue(Environment.TickCount64);
        _domain.DiscardOffers();
        try
        {
            Begin();
            return true;
        }
        catch (MachineException failure)
        {
            _say(Encoding.UTF8.GetBytes($"[{Core} {Module.Name}]: refused: {failure.Message}\n"));
            return false;
        }
    }
}
