namespace IL2CPU.API.Attribs;

/// <summary>
/// Marks a method of a <see cref="Plug"/> class; needed only to say something else than that. <c>Ctor</c> replaces constructors, <c>CCtor</c>
/// the static one, <c>get_Name</c> and <c>set_Name</c> a property's accessors. Of instance methods the first parameter is the object.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PlugMethod : Attribute
{
    /// <summary>Whether it replaces anything.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Whether it is no error when the type has no such method.</summary>
    public bool IsOptional { get; set; }

    /// <summary>On a method that is to be replaced: it has no code of its own that would do.</summary>
    public bool PlugRequired { get; set; }

    /// <summary>Not there: name the method.</summary>
    public string? Signature { get; set; }

    /// <summary>Not there: write X#.</summary>
    public Type? Assembler { get; set; }

    /// <summary>Not there: name the method.</summary>
    public bool IsWildcard { get; set; }

    /// <summary>Not there: name the method.</summary>
    public bool WildcardMatchParameters { get; set; }
}
