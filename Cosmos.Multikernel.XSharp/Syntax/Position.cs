namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>Where something stands in a source file; line and column count from 1.</summary>
public readonly record struct Position(string File, int Line, int Column);
