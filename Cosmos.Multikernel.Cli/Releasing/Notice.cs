using System.Text;
using Cosmos.Multikernel.Cli.Building;

namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>The file NOTICE: what of others is in a release, under which licences, and where its source is.</summary>
internal static class Notice
{
    /// <param name="components">Others' work.</param>
    /// <param name="textPath">The path in the release of a licence text.</param>
    public static string Write(
        IReadOnlyList<Component> components,
        Func<Component, string, string> textPath
    )
    {
        var text = new StringBuilder();
        text.Append(
            $"""
            {Product.Name} {Product.Version}
            Copyright The {Product.Name} contributors

              licence  BSD-3-Clause
              text     licences/LICENSE

            The CPU driver is theirs alone. The instances are linked with, and the image holds, what others have written:

            """
        );
        foreach (var component in components)
        {
            text.Append('\n').Append(component.Name).Append('\n');
            text.Append($"  version  {component.Version}\n");
            text.Append($"  licence  {component.Licence}\n");
            text.Append($"  where    {component.Where}\n");
            text.Append($"  source   {component.Source}\n");
            foreach (var file in component.Texts)
            {
                text.Append($"  text     {textPath(component, file)}\n");
            }
        }

        text.Append(
            """

            The GNU C Library is under the LGPL: you may change it, and use the instances with your version of it. relink/ holds the
            instances as objects, the libraries that they are linked with and, for each, the linker's line as a script;
            relink/README.md says how to use them.

            """
        );
        return text.ToString();
    }
}
