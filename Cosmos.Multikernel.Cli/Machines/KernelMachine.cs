using System.Reflection;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Commands;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>
/// For a kernel's own tests: boots the image of the project's <c>KernelUnderTest</c>. The build has written its place into the
/// test assembly.
/// </summary>
public static class KernelMachine
{
    private const string ImageKey = "CosmosImage";
    private const string LayoutKey = "CosmosLayout";

    /// <summary>Boots the kernel, on the machine that its project asks for.</summary>
    /// <param name="change">Another machine: fewer cores, UEFI.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="MachineException">The machine could not be started, or this is no test project of a kernel.</exception>
    public static Task<VirtualMachine> BootAsync(
        Func<MachineOptions, MachineOptions>? change = null,
        CancellationToken cancellation = default
    )
    {
        var tests =
            AppDomain
                .CurrentDomain.GetAssemblies()
                .FirstOrDefault(assembly => Find(assembly, ImageKey) is not null)
            ?? throw new MachineException(
                "no test assembly here names a kernel: its project needs <KernelUnderTest Include=\"../Kernel.csproj\" />"
            );
        var layout = ImageLayout.Read(Find(tests, LayoutKey)!);
        var options = MachineOptionSet.ReadProject(layout.Machine) with
        {
            Image = Find(tests, ImageKey)!,
        };
        return VirtualMachine.StartAsync(change?.Invoke(options) ?? options, cancellation);
    }

    /// <summary>Waits until the machine has said this, since its start.</summary>
    /// <exception cref="MachineException">The machine ended, or the limit passed, before it did.</exception>
    public static Task ExpectAsync(
        this VirtualMachine machine,
        string text,
        TimeSpan limit,
        CancellationToken cancellation = default
    ) => machine.ExpectAsync(new Regex(Regex.Escape(text)), limit, cancellation);

    private static string? Find(Assembly assembly, string key) =>
        assembly
            .GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == key)
            ?.Value;
}
