namespace Cosmos.Multikernel.Plugs;

/// <summary>The attributes that ask for rewriting, by name: this program does not refer to the library that has them.</summary>
internal static class AttributeNames
{
    public const string Assembly = "Cosmos.Multikernel.Compatibility";
    public const string Plug = "IL2CPU.API.Attribs.Plug";
    public const string PlugMethod = "IL2CPU.API.Attribs.PlugMethod";
    public const string FieldAccess = "IL2CPU.API.Attribs.FieldAccess";
    public const string Resource = "IL2CPU.API.Attribs.ManifestResourceStreamAttribute";
    public const string ResourceReader = "Cosmos.Multikernel.Compatibility.ManifestResources";
    public const string ResourceReaderMethod = "Read";

    /// <summary>The framework's mark on methods that compilers know.</summary>
    public const string Intrinsic = "System.Runtime.CompilerServices.IntrinsicAttribute";
}
