using System.Text.Json;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Releasing;

namespace Cosmos.Multikernel.Cli.Packing;

/// <summary>The NuGet packages whose assemblies lie beside the Sdk's tools, by what the tools' builds have written of them.</summary>
internal static class ToolPackages
{
    private static readonly string[] Tools = ["Cli", "Plugs"];

    /// <summary>Finds them.</summary>
    /// <param name="cache">The folder that NuGet unpacks to.</param>
    public static IEnumerable<LinkedPackage> Find(string cache) =>
        Tools.SelectMany(tool => Of($"{Product.Name}.{tool}", cache));

    // Only what is in the package: packages/Sdk.csproj leaves the benchmarks' own libraries out.
    private static bool IsPacked(string assembly) =>
        !Path.GetFileName(assembly).StartsWith("ScottPlot", StringComparison.Ordinal)
        && !Path.GetFileName(assembly).StartsWith("PacketDotNet", StringComparison.Ordinal)
        && !Path.GetFileName(assembly).Contains("Sharp", StringComparison.Ordinal);

    private static IEnumerable<LinkedPackage> Of(string tool, string cache)
    {
        var file = Path.Combine(Repository.Artifacts, "bin", tool, "release", $"{tool}.deps.json");
        using var dependencies = JsonDocument.Parse(File.ReadAllText(file));
        var libraries = dependencies.RootElement.GetProperty("libraries");
        foreach (
            var library in dependencies
                .RootElement.GetProperty("targets")
                .EnumerateObject()
                .SelectMany(target => target.Value.EnumerateObject())
        )
        {
            if (
                libraries.GetProperty(library.Name).TryGetProperty("path", out var path)
                && library.Value.TryGetProperty("runtime", out var assemblies)
                && assemblies.EnumerateObject().Select(one => one.Name).FirstOrDefault(IsPacked)
                    is { } assembly
            )
            {
                var parts = library.Name.Split('/');
                yield return new(
                    parts[0],
                    parts[1],
                    Path.Combine(cache, path.GetString()!, assembly)
                );
            }
        }
    }
}
