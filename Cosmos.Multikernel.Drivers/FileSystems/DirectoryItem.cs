namespace Cosmos.Multikernel.Drivers.FileSystems;

/// <summary>One name of a directory.</summary>
/// <param name="Name">The name.</param>
/// <param name="Number">The file's number.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Next">Where to go on reading behind it.</param>
public readonly record struct DirectoryItem(string Name, ulong Number, FileKind Kind, long Next);
