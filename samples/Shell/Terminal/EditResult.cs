namespace Shell.Terminal;

/// <summary>What became of the line with the last key.</summary>
internal enum EditResult
{
    /// <summary>It is being edited.</summary>
    Editing,

    /// <summary>Enter.</summary>
    Accepted,

    /// <summary>Ctrl+C.</summary>
    Abandoned,

    /// <summary>There is no more input, or Ctrl+D on an empty line.</summary>
    EndOfInput,
}
