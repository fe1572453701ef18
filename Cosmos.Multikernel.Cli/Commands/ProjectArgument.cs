using System.CommandLine;
using Cosmos.Multikernel.Cli.Building;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary>The argument of all verbs that are about a kernel project; <see cref="KernelProject.Find"/> reads it.</summary>
internal static class ProjectArgument
{
    /// <summary>Its name, by which <see cref="ProjectCall"/> knows these verbs.</summary>
    public const string Name = "project";

    public static Argument<string?> Create() =>
        new(Name)
        {
            Description = Repository.IsCheckout
                ? "A kernel project: its .csproj, its folder, or a sample's name. Default: samples/Shell."
                : "A kernel project: its .csproj or its folder. Default: the one in this folder.",
            DefaultValueFactory = _ => null,
        };
}
