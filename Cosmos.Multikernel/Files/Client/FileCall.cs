namespace Cosmos.Multikernel.Files.Client;

/// <summary>A system call about files: its number and its arguments, in their order.</summary>
internal readonly record struct FileCall(
    uint Number,
    ulong A,
    ulong B = 0,
    ulong C = 0,
    ulong D = 0,
    ulong E = 0,
    ulong F = 0
);
