using System.Globalization;
using Cosmos.Multikernel.Channels.Platforms.Hosted;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Machines.Hosted;

/// <summary>
/// A hosted machine from power-on to power-off: all instances of a layout as processes over one shared folder. It ends when
/// an instance switches it off or restarts it, when the console's instance ends, or, without a console, when all have ended for good.
/// </summary>
internal sealed class PowerCycle
{
    /// <summary>What a shell returns for a process that was killed.</summary>
    private const int Killed = 137;

    private readonly MachineFolder _folder = new();
    private readonly PowerSwitch _power;
    private readonly Thread _powerWatch;
    private readonly List<HostedInstance> _instances = [];
    private readonly TaskCompletionSource<(bool Restart, int Status)> _end = new();
    private readonly Lock _gate = new();
    private readonly bool _hasConsole;
    private int _running;
    private int _status;

    /// <summary>Starts all instances.</summary>
    /// <exception cref="MachineException">One could not be started; then none remains.</exception>
    public PowerCycle(
        IReadOnlyList<(ImageModule Module, int Core)> placed,
        IReadOnlyList<DataModule> data,
        int cores,
        bool traces,
        Action<byte[]> say
    )
    {
        _power = PowerSwitch.Create(_folder.Path);
        _powerWatch = new Thread(WatchPower) { IsBackground = true, Name = "power switch" };
        _powerWatch.Start();
        _hasConsole = placed.Any(item => item.Module.IsConsole);
        _running = placed.Count;
        try
        {
            _folder.Link(data);
            // All pages first: an instance may connect to one that has not started yet, as on the metal.
            var domains = placed
                .Select(item => HostedDomain.Create(_folder.Path, item.Core, item.Module.Name))
                .ToList();
            foreach (var domain in domains)
            {
                domain.IsSupervised = true;
            }

            var processors = HostThread.Processors();
            var declared = string.Join(';', placed.Select(Declare));
            foreach (var ((module, core), domain) in placed.Zip(domains))
            {
                var environment = new Dictionary<string, string>
                {
                    ["COSMOS_HOSTED"] = _folder.Path,
                    ["COSMOS_CORE"] = core.ToString(CultureInfo.InvariantCulture),
                    ["COSMOS_CORES"] = cores.ToString(CultureInfo.InvariantCulture),
                    ["COSMOS_INSTANCE"] = module.Name,
                    ["COSMOS_DECLARED"] = declared,
                    ["COSMOS_TRACE"] = traces ? "1" : "",
                };
                var instance = new HostedInstance(
                    module,
                    core,
                    domain,
                    environment,
                    processors[core % processors.Count],
                    say,
                    OnEnded,
                    OnStartedAgain
                );
                _instances.Add(instance);
                instance.Start();
            }
        }
        catch
        {
            PowerOff();
            throw;
        }
    }

    /// <summary>The console's instance, which gets the keys.</summary>
    public HostedInstance? Console =>
        _instances.FirstOrDefault(instance => instance.Module.IsConsole);

    /// <summary>Ends it as if its power had failed.</summary>
    public void Kill() => _end.TrySetResult((false, Killed));

    /// <summary>Blocks until the machine's end, then ends and removes all that is left of it.</summary>
    /// <returns>Whether to start anew, and otherwise the machine's exit status.</returns>
    public (bool Restart, int Status) RunToEnd()
    {
        var end = _end.Task.GetAwaiter().GetResult();
        PowerOff();
        return end;
    }

    private static string Declare((ImageModule Module, int Core) item) =>
        string.Create(CultureInfo.InvariantCulture, $"{item.Core} {item.Module.Name}")
        + (item.Module.IsConsole ? " console" : "")
        + (item.Module.IsMonitor ? " monitor" : "");

    private void PowerOff()
    {
        foreach (var instance in _instances)
        {
            instance.KillQuietly();
        }

        foreach (var instance in _instances)
        {
            instance.Join();
        }

        _power.Release();
        _powerWatch.Join();
        _power.Dispose();
        _folder.Dispose();
    }

    private void WatchPower()
    {
        if (_power.Wait() is { } restart)
        {
            _end.TrySetResult((restart, 0));
        }
    }

    private void OnStartedAgain()
    {
        lock (_gate)
        {
            _running++;
        }
    }

    private void OnEnded(HostedInstance instance, int status)
    {
        lock (_gate)
        {
            _status = _status == 0 ? status : _status;
            _running--;
            if (instance.Module.IsConsole)
            {
                _end.TrySetResult((false, status));
            }
            else if (_running == 0 && !_hasConsole)
            {
                _end.TrySetResult((false, _status));
            }
        }
    }
}
