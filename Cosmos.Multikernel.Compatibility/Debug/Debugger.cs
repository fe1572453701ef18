using Cosmos.Multikernel.Kernels;

namespace Cosmos.Debug.Kernel;

/// <summary>What a part of a kernel tells its author alone: an attached .NET debugger shows it (hosted); otherwise nobody does.</summary>
public class Debugger
{
    private static readonly DebugOutput Output = new();

    private readonly string prefix;

    /// <summary>For a part.</summary>
    /// <param name="aRing">Which of Cosmos's layers it is of: no more than a word here.</param>
    /// <param name="aSection">The part.</param>
    public Debugger(string aRing, string aSection)
    {
        prefix = $"{aRing} {aSection}: ";
        (Ring, Section) = (aRing, aSection);
    }

    public string Ring { get; }

    public string Section { get; }

    /// <summary>A kernel's own, <c>mDebugger</c>, as what Cosmos calls it.</summary>
    public static implicit operator Debugger(DebugOutput output) => new("User", "Kernel");

    /// <summary>Says something.</summary>
    public static void DoSend(string aText) => Output.Send(aText);

    /// <summary>Says something.</summary>
    public void Send(string aText) => Output.Send(prefix + aText);

    /// <summary>Says something.</summary>
    public void SendInternal(string aText) => Send(aText);
}
