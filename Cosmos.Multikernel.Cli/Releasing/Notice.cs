using System.Text;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>The file NOTICE: what of others is in what is handed on, under which licences, and where its source is.</summary>
/// <param name="files">Where NOTICE and the licence texts go.</param>
internal sealed class Notice(ReleaseFiles files)
{
    private const string Licences = "licences/";

    private readonly Dictionary<(string Name, string Version), Entry> _entries = [];

    /// <summary>Adds a component, and its licence texts.</summary>
    /// <param name="component">It.</param>
    /// <param name="program">The program that it is in; null when its own words say where it is.</param>
    /// <returns>The component with the texts' new places.</returns>
    /// <exception cref="CommandFailure">A licence text is not there.</exception>
    public Component Add(Component component, string? program = null)
    {
        var key = (component.Name, component.Version);
        if (!_entries.TryGetValue(key, out var entry))
        {
            string[] texts = [.. component.Texts.Select(text => AddText(component, text))];
            entry = new(component with { Texts = texts }, new(StringComparer.Ordinal));
            _entries.Add(key, entry);
        }

        if (program is not null)
        {
            entry.Programs.Add(program);
        }

        return entry.Component;
    }

    /// <summary>Writes NOTICE of what was added.</summary>
    /// <param name="title">What it is about.</param>
    public void Write(string title)
    {
        var text = new StringBuilder();
        text.Append(
            $"""
            {title}

            It is linked with, and holds, the work of these:

            """
        );
        foreach (var (component, programs) in _entries.Values)
        {
            text.Append('\n').Append(component.Name).Append('\n');
            text.Append($"  version  {component.Version}\n");
            text.Append($"  licence  {component.Licence}\n");
            text.Append($"  where    {component.Where}\n");
            if (programs.Count > 0)
            {
                text.Append($"  in       {string.Join(", ", programs)}\n");
            }

            if (component.Source.Length > 0)
            {
                text.Append($"  source   {component.Source}\n");
            }

            foreach (var file in component.Texts)
            {
                text.Append($"  text     {file}\n");
            }
        }

        text.Append(
            """

            The GNU C Library is under the LGPL: you may change it, and use the programs with your version of it. relink/ holds the
            programs as objects, the libraries that they are linked with and, for each, the linker's line as a script;
            relink/README.md says how to use them.

            """
        );
        files.AddText("NOTICE", text.ToString());
    }

    // Texts that say whose they are by their names lie there by these, others by their component's.
    private string AddText(Component component, string text)
    {
        var name = Path.GetFileName(text);
        var ownName = component.Name.Replace(".NET", "dotnet").Split(' ')[0].ToLowerInvariant();
        return files.AddFile(
            Licences,
            text,
            name == "copyright" ? $"{Path.GetFileName(Path.GetDirectoryName(text))}.copyright"
                : NamesItself(text) ? name
                : $"{ownName}-{name}"
        );
    }

    // GPL-3 and the like, and what another release has named already.
    private static bool NamesItself(string text) =>
        text.StartsWith("/usr/share/common-licenses/", StringComparison.Ordinal)
        || Path.GetFileName(Path.GetDirectoryName(text)) == Licences.TrimEnd('/');

    private sealed record Entry(Component Component, SortedSet<string> Programs);
}
