using System.Text;

namespace Cosmos.System.ExtendedASCII;

/// <summary>
/// Encodings for the console. Kernels ask for code page 437 to write box-drawing and accented characters; the terminal here speaks UTF-8,
/// which has them all, so that is what they get.
/// </summary>
public sealed class CosmosEncodingProvider : EncodingProvider
{
    private static readonly UTF8Encoding TerminalEncoding = new(
        encoderShouldEmitUTF8Identifier: false
    );

    private CosmosEncodingProvider() { }

    public static EncodingProvider Instance { get; } = new CosmosEncodingProvider();

    /// <summary>What the terminal speaks, for the code pages that Cosmos has (437, 858); null for others.</summary>
    public override Encoding? GetEncoding(int codepage) =>
        codepage is 437 or 858 ? TerminalEncoding : null;

    /// <summary>What the terminal speaks, for the names of those code pages; null for others.</summary>
    public override Encoding? GetEncoding(string name) =>
        name.ToUpperInvariant() is "IBM437" or "CP437" or "IBM00858" or "CP858"
            ? TerminalEncoding
            : null;
}
