namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>An image that cannot be made as asked. The message names the thing that is wrong.</summary>
public sealed class ImageException(string message) : Exception(message);
