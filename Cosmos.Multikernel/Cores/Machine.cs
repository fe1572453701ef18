using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels.Platforms;
using Cosmos.Multikernel.Channels.Platforms.Hosted;
using Cosmos.Multikernel.Native;

namespace Cosmos.Multikernel;

/// <summary>The whole machine, as far as one instance may know and touch it.</summary>
public static unsafe partial class Machine
{
    private static readonly Lazy<IReadOnlyList<DeclaredInstance>> Declared = new(() =>
        Instance.IsHosted ? HostedInstances() : AskCpuDriver()
    );

    /// <summary>
    /// Every instance that the boot medium declares, in its order. Hosted: what <c>COSMOS_DECLARED</c> lists, as
    /// <c>CORE NAME;CORE NAME</c> (further words <c>console</c> and <c>monitor</c> say what else it is), else this instance alone.
    /// </summary>
    /// <exception cref="InvalidDataException">Hosted: <c>COSMOS_DECLARED</c> is no such list.</exception>
    public static IReadOnlyList<DeclaredInstance> DeclaredInstances => Declared.Value;

    /// <summary>The cores that the boot medium puts instances of this name on, in ascending order.</summary>
    public static IReadOnlyList<int> CoresOf(string instance) =>
        [
            .. DeclaredInstances
                .Where(declared => declared.Name == instance)
                .Select(declared => declared.Core)
                .Order(),
        ];

    /// <summary>Rate of the timestamp counter, Hz; 0 when hosted.</summary>
    public static long TimestampFrequency => (long)Instance.Identity.TimestampHertz;

    /// <summary>What this instance's core has done since boot; all zero when hosted.</summary>
    public static CoreStatistics ReadStatistics()
    {
        SystemCalls.ReadCoreStatistics(out var statistics);
        return statistics;
    }

    /// <summary>Switches the machine off, once what was written to files is on its media and disks are parked. Hosted: the launcher ends all instances; without one, ends this process.</summary>
    /// <exception cref="IOException">The machine cannot.</exception>
    public static void Shutdown() => Power(PowerAction.Shutdown);

    /// <summary>Restarts the machine, once what was written to files is on its media and disks are parked. Hosted: the launcher starts all instances anew; without one, ends this process.</summary>
    /// <exception cref="IOException">The machine cannot.</exception>
    public static void Reboot() => Power(PowerAction.Reboot);

    /// <summary>Brings to its media what was written to files. Blocks until it is there. Hosted: Linux does that in its own time.</summary>
    public static void Synchronize()
    {
        if (!Instance.IsHosted)
        {
            SystemCalls.Synchronize();
        }
    }

    private static void Power(PowerAction action)
    {
        if (Instance.IsHosted)
        {
            PowerHosted(action);
        }

        SystemCalls.PrepareForPowerOff();
        var error = SystemCalls.Power(action);
        throw new IOException(
            $"The CPU driver cannot {action.ToString().ToLowerInvariant()}: error {-error}"
        );
    }

    private static void PowerHosted(PowerAction action)
    {
        using var power = Environment.GetEnvironmentVariable(PlatformSelection.MachineVariable)
            is { } machine
            ? PowerSwitch.TryOpen(machine)
            : null;
        if (power is null)
        {
            Environment.Exit(0);
        }

        power.Press(restart: action == PowerAction.Reboot);

        // As on the metal there is no way back: the launcher ends this process.
        Thread.Sleep(Timeout.Infinite);
    }

    private static List<DeclaredInstance> AskCpuDriver()
    {
        List<DeclaredInstance> instances = [];
        while (SystemCalls.ReadDeclaredInstance(instances.Count, out var declaration) >= 0)
        {
            instances.Add(
                new(
                    (int)declaration.Core,
                    SystemCalls.NameToString(declaration.Name),
                    declaration.IsConsole != 0,
                    declaration.IsMonitor != 0
                )
            );
        }

        return instances;
    }

    private static DeclaredInstance[] HostedInstances()
    {
        const string variable = "COSMOS_DECLARED";
        var declared = Environment.GetEnvironmentVariable(variable);
        return declared is null
            ? [new(Core.Current, Instance.Name, IsConsole: true)]
            : [.. declared.Split(';').Select(entry => DeclaredInstance.Parse(entry, variable))];
    }
}
