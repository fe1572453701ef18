namespace Shell.Terminal;

/// <summary>Semantic prompts (OSC 133), as terminals such as WezTerm and VS Code know them.</summary>
internal static class Marks
{
    /// <summary>A prompt begins.</summary>
    public const string Prompt = "\e]133;A\a";

    /// <summary>The prompt is over, input begins.</summary>
    public const string Input = "\e]133;B\a";

    /// <summary>The input is over, the command's output begins.</summary>
    public const string Output = "\e]133;C\a";

    /// <summary>The command has ended.</summary>
    public static string End(int status) => $"\e]133;D;{status}\a";
}
