namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>A virtual machine that could not start, died, or did not say in time what was expected.</summary>
public sealed class MachineException(string message) : Exception(message);
