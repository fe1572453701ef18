using System.Diagnostics;

namespace Cosmos.Multikernel.Kernels;

/// <summary>What a kernel tells its author alone: an attached .NET debugger shows it (hosted); otherwise nobody does.</summary>
public sealed class DebugOutput
{
    private const string Category = "kernel";

    /// <summary>Says something.</summary>
    public void Send(string message) => Write(message);

    internal static void Write(string message) => Debugger.Log(0, Category, message + "\n");
}
