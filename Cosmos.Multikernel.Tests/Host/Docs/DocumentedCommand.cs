using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Tests.Host.Docs;

/// <summary>A command that a page tells its reader to type: a line of a block of code marked <c>sh</c>.</summary>
/// <param name="Text">The line, without the comment behind it.</param>
/// <param name="Place">Page and line.</param>
internal sealed record DocumentedCommand(string Text, string Place)
{
    private const string Build = "./build.sh";
    private const string Prompt = "cosmos> ";
    private const string Comment = "  #";

    /// <summary>Whether it is typed into the shell of a machine that runs.</summary>
    public bool IsForShell => Text.StartsWith(Prompt, StringComparison.Ordinal);

    /// <summary>The shell's command.</summary>
    public string ShellCommand => Text[Prompt.Length..].Split(' ')[0];

    /// <summary>The words behind <c>./build.sh</c>; null for other programs.</summary>
    public IReadOnlyList<string>? Words =>
        Text.StartsWith(Build + " ", StringComparison.Ordinal)
            ? ArgumentSplitter.Split(Text[Build.Length..])
            : null;

    public static IEnumerable<DocumentedCommand> Of(Page page) =>
        page
            .Code.Where(block => block.Language == "sh")
            .SelectMany(block =>
                block.Lines.Select(
                    (line, i) => new DocumentedCommand(Strip(line), $"{page}:{block.Line + i}")
                )
            )
            .Where(command => command.Text.Length > 0);

    /// <summary>Commands inside of sentences.</summary>
    public static IEnumerable<DocumentedCommand> InSentencesOf(Page page) =>
        page
            .InlineCode.Where(code => code.Text.StartsWith(Build + " ", StringComparison.Ordinal))
            .Select(code => new DocumentedCommand(code.Text, $"{page}:{code.Line}"));

    /// <summary>Whether a line of code that is marked as nothing in particular looks like a command.</summary>
    public static bool LooksLikeOne(string line) =>
        line.StartsWith(Build, StringComparison.Ordinal)
        || line.StartsWith("dotnet ", StringComparison.Ordinal)
        || line.StartsWith(Prompt, StringComparison.Ordinal);

    private static string Strip(string line) => (line.Split(Comment)[0]).Trim();

    public override string ToString() => Text;
}
