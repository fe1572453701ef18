namespace IL2CPU.API.Attribs;

/// <summary>
/// A class whose public static methods take the place of another type's methods of the same name. When an image is built, each such method's
/// code becomes a call of the plug (docs/cosmos-compatibility.md).
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class Plug : Attribute
{
    public Plug() { }

    public Plug(Type target) => Target = target;

    public Plug(string targetName) => TargetName = targetName;

    /// <summary>The type whose methods are replaced.</summary>
    public Type? Target { get; set; }

    /// <summary>The same for a type that cannot be named in C#: <c>Namespace.Type, Assembly</c>.</summary>
    public string? TargetName { get; set; }

    /// <summary>Whether it is no error when there is no such type.</summary>
    public bool IsOptional { get; set; }

    /// <summary>Not there: a plug is of one type's methods.</summary>
    public bool Inheritable { get; set; }
}
