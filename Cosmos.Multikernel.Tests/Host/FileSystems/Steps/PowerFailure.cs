using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Steps;

/// <summary>
/// What may be found in a directory when the power has failed somewhere between two moments: all that was there at the first was on the
/// medium, and of what was done since any part may be.
/// </summary>
/// <remarks>
/// Writing over old bytes has no order (docs/file-systems.md): a file that was moved and then written may be found under its old name with
/// the new bytes. So what counts is which file it is.
/// </remarks>
internal static class PowerFailure
{
    /// <summary>Looks at what is found.</summary>
    /// <param name="moments">What was there when all was on the medium, and after each step that was begun since then.</param>
    /// <param name="found">What is found: path to contents, null for a directory.</param>
    /// <param name="what">What it is, for the failure's message.</param>
    public static void AssertExplains(
        IReadOnlyList<IReadOnlyDictionary<string, ModelEntry>> moments,
        IReadOnlyDictionary<string, byte[]?> found,
        string what
    )
    {
        foreach (string path in moments[0].Keys)
        {
            if (moments.All(moment => moment.ContainsKey(path)))
            {
                Assert.That(found.Keys, Has.Member(path), what);
            }
        }
        ILookup<int, byte[]?> versions = moments
            .SelectMany(moment => moment.Values)
            .Distinct()
            .ToLookup(entry => entry.File, entry => entry.Contents);
        foreach ((string path, byte[]? contents) in found)
        {
            int[] files =
            [
                .. moments
                    .Where(moment => moment.ContainsKey(path))
                    .Select(moment => moment[path].File)
                    .Distinct(),
            ];
            AssertIsOf([.. files.SelectMany(file => versions[file])], contents, $"{what}: {path}");
        }
    }

    // What nobody was changing is as it was. Of the rest each byte was there at some moment: none is another file's.
    private static void AssertIsOf(byte[]?[] versions, byte[]? contents, string what)
    {
        Assert.That(versions, Is.Not.Empty, $"{what} has never been there");
        byte[][] texts = [.. versions.OfType<byte[]>()];
        if (contents is null)
        {
            Assert.That(texts, Has.Length.LessThan(versions.Length), $"{what} was no directory");
            return;
        }
        Assert.That(texts, Is.Not.Empty, $"{what} was no file");
        Assert.That(
            contents.Length,
            Is.InRange(texts.Min(text => text.Length), texts.Max(text => text.Length)),
            what
        );
        for (int i = 0; i < contents.Length; i++)
        {
            if (!Array.Exists(texts, text => text.Length > i && text[i] == contents[i]))
            {
                Assert.Fail($"{what}: byte {i} of {contents.Length} has never been there");
            }
        }
    }
}
