namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>Whether an instance is started again after its end; <c>restart=</c> on its module's command line.</summary>
public enum RestartPolicy : byte
{
    /// <summary>Nothing is said: a monitor always, others never.</summary>
    Unsaid = 0,
    Never,

    /// <summary>After every end but an exit with status 0.</summary>
    OnFailure,
    Always,
}
