namespace Cosmos.Multikernel.Drivers.Virtio;

/// <summary>A virtio device is not as the specification has it, or asks to be reset: its driver cannot go on.</summary>
public sealed class VirtioException(string message) : IOException(message);
