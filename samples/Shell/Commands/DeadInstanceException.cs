using Cosmos.Multikernel;

namespace Shell.Commands;

/// <summary>A command wanted something of an instance that has ended.</summary>
/// <param name="instance">Which.</param>
/// <param name="cause">How it ended, in words.</param>
internal sealed class DeadInstanceException(DeclaredInstance instance, string cause)
    : CommandException(Describe(instance, cause))
{
    /// <summary>How it ended, in words.</summary>
    public string Cause { get; } = cause;

    /// <summary>A sentence for people.</summary>
    public static string Describe(DeclaredInstance instance, string cause) =>
        $"{instance.Name} on core {instance.Core} is dead: {cause}";
}
