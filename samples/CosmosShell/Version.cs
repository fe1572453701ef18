using IL2CPU.API.Attribs;

namespace CosmosShell;

/// <summary>A version that the plug below knows better.</summary>
public static class Version
{
    public static string Number() => "unknown";
}

[Plug(Target = typeof(Version))]
public static class VersionPlug
{
    public static string Number() => "1.0, from a plug";
}
