namespace Cosmos.Multikernel.Plugs;

/// <summary>What is wrong with a plug; the number is the one after <c>CMK</c>.</summary>
public enum DiagnosticCode
{
    /// <summary>A file cannot be read or written, or is no assembly.</summary>
    File = 410,

    /// <summary>The plug's target type is unknown.</summary>
    UnknownType = 411,

    /// <summary>The target type has no method of the name.</summary>
    UnknownMethod = 412,

    /// <summary>It has some, but with other parameters or another result.</summary>
    Signature = 413,

    /// <summary>Two plugs for one method.</summary>
    Twice = 414,

    /// <summary>The method has no IL: it is abstract or extern.</summary>
    NoCode = 415,

    /// <summary>The compiler does not call the method but knows what it does.</summary>
    Intrinsic = 416,

    /// <summary>A kind of plug that is not there.</summary>
    NotThere = 417,

    /// <summary>A field that a plug wants is unknown or of another type.</summary>
    Field = 418,

    /// <summary>A warning: the plug has no effect in this build, where only calls from the program can be changed.</summary>
    NotApplied = 419,

    /// <summary>A field marked with a resource cannot hold it.</summary>
    ResourceField = 421,

    /// <summary>There is no such resource.</summary>
    Resource = 422,
}

/// <summary>Something to tell the author.</summary>
/// <param name="Place">File and line, as MSBuild writes them, or what else there is to name.</param>
/// <param name="Code">What kind of thing.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record Diagnostic(string Place, DiagnosticCode Code, string Message)
{
    /// <summary>Whether the build goes on.</summary>
    public bool IsWarning => Code == DiagnosticCode.NotApplied;

    /// <summary>MSBuild's canonical form: <c>file(line,column): error CMK0411: message</c>.</summary>
    public override string ToString() =>
        $"{Place}: {(IsWarning ? "warning" : "error")} CMK{(int)Code:D4}: {Message}";
}
