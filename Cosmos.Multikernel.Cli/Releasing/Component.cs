namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>Something of somebody else's that is linked into, or copied onto, what is released.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Version">Which of its versions.</param>
/// <param name="Licence">Its licence, as SPDX writes it.</param>
/// <param name="Where">How it came in.</param>
/// <param name="Source">Where its source is to be had; empty when it asks for no such word.</param>
/// <param name="Texts">The files with its licence and copyright notices.</param>
internal sealed record Component(
    string Name,
    string Version,
    string Licence,
    string Where,
    string Source,
    IReadOnlyList<string> Texts
);
