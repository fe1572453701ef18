using Cosmos.Multikernel.Cli.Building;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Cosmos.Multikernel.Tests.Host.Docs;

/// <summary>A Markdown file of the repository.</summary>
internal sealed class Page
{
    // Anchors as GitHub makes them.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
        .UsePipeTables()
        .Build();

    private readonly MarkdownDocument _document;

    private Page(string file)
    {
        FullPath = file;
        Name = Path.GetRelativePath(Repository.Root, file);
        _document = Markdown.Parse(File.ReadAllText(file), Pipeline);
    }

    public string FullPath { get; }

    /// <summary>Its path from the repository's root.</summary>
    public string Name { get; }

    /// <summary>All pages: what was built, and others' clones inside, are not of the repository.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        .. Directory
            .EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
            .Where(file =>
                !Path.GetRelativePath(Repository.Root, file)
                    .Split(Path.DirectorySeparatorChar)
                    .Any(part => part is "artifacts" or "bin" or "obj" || part[0] == '.')
            )
            .Order(StringComparer.Ordinal)
            .Select(file => new Page(file)),
    ];

    public static Page Get(string file) =>
        All.Single(page => page.FullPath == Path.GetFullPath(file));

    /// <summary>What a link may name after its <c>#</c>.</summary>
    public IReadOnlySet<string> Anchors =>
        _document
            .Descendants<HeadingBlock>()
            .Select(heading => heading.GetAttributes().Id!)
            .ToHashSet();

    public IEnumerable<(string Target, int Line)> Links =>
        _document
            .Descendants<LinkInline>()
            .Select(link => (link.Url ?? "", link.Line + 1))
            .Concat(
                _document
                    .Descendants<LinkReferenceDefinition>()
                    .Select(link => (link.Url ?? "", link.Line + 1))
            );

    /// <summary>Fenced code: its language, its lines, and where they begin.</summary>
    public IEnumerable<(string Language, IReadOnlyList<string> Lines, int Line)> Code =>
        _document
            .Descendants<FencedCodeBlock>()
            .Select(block =>
                (
                    block.Info ?? "",
                    (IReadOnlyList<string>)
                        [.. block.Lines.Lines.Take(block.Lines.Count).Select(l => l.ToString())],
                    block.Line + 2
                )
            );

    /// <summary>Code inside of sentences.</summary>
    public IEnumerable<(string Text, int Line)> InlineCode =>
        _document.Descendants<CodeInline>().Select(code => (code.Content, code.Line + 1));

    public override string ToString() => Name;
}
