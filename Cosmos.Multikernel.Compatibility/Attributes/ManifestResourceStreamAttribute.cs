namespace IL2CPU.API.Attribs;

/// <summary>A static field of bytes that holds an embedded resource from the start.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ManifestResourceStreamAttribute : Attribute
{
    /// <summary>The resource: <c>Project.Folder.file.ext</c>.</summary>
    public string? ResourceName { get; set; }
}
