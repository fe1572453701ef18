namespace Cosmos.Multikernel.Channels.Platforms.Hosted;

/// <summary>The folder of a hosted machine from which its launcher links what a boot medium would bring.</summary>
internal static class ModuleFolder
{
    /// <summary>Where it is; there is none when the machine has no such files.</summary>
    /// <param name="machine">The machine's folder.</param>
    public static string Of(string machine) => Path.Combine(machine, "modules");
}
