namespace IL2CPU.API.Attribs;

/// <summary>A parameter of a plug that is a field of the object (by <c>ref</c> to change it), whoever may see the field otherwise.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FieldAccess : Attribute
{
    /// <summary>The field's name, alone or as <c>Type Namespace.Class.field</c>.</summary>
    public string? Name { get; set; }
}
