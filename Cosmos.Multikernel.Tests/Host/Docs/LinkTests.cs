using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Docs;

/// <summary>Every link from page to page, or to a file, leads to something that is there; so does its anchor.</summary>
[TestFixture]
public sealed class LinkTests
{
    [Test]
    public void LinksLeadSomewhere()
    {
        var broken = new List<string>();
        var count = 0;
        foreach (var page in Page.All)
        {
            foreach (var (target, line) in page.Links)
            {
                if (Uri.TryCreate(target, UriKind.Absolute, out _))
                {
                    continue;
                }

                count++;
                if (Problem(page, target) is { } problem)
                {
                    broken.Add($"{page}:{line}: ({target}) {problem}");
                }
            }
        }

        Assert.That(broken, Is.Empty, string.Join('\n', broken));
        Assert.That(count, Is.GreaterThan(100));
    }

    /// <summary>A page that nobody links to is found by nobody.</summary>
    [Test]
    public void EveryPageOfDocsIsLinkedTo()
    {
        var linked = Page
            .All.SelectMany(page =>
                page.Links.Select(link => Resolve(page, link.Target.Split('#')[0]))
            )
            .ToHashSet();
        var alone = Page
            .All.Where(page => page.Name.StartsWith("docs/", StringComparison.Ordinal))
            .Where(page => !linked.Contains(page.FullPath));
        Assert.That(alone, Is.Empty);
    }

    private static string? Problem(Page page, string target)
    {
        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0 ? page.FullPath : Resolve(page, parts[0]);
        if (!File.Exists(file) && !Directory.Exists(file))
        {
            return "is not there";
        }

        if (parts is [_, var anchor] && file.EndsWith(".md", StringComparison.Ordinal))
        {
            return Page.Get(file).Anchors.Contains(anchor) ? null : $"has no heading #{anchor}";
        }

        return null;
    }

    private static string Resolve(Page page, string path) =>
        Path.GetFullPath(Uri.UnescapeDataString(path), Path.GetDirectoryName(page.FullPath)!);
}
