namespace Cosmos.Multikernel.Fonts;

/// <summary>The characters of the console's font: European scripts, and what programs draw tables and bars with.</summary>
internal static class ConsoleCharacters
{
    private static readonly (int First, int Last)[] Blocks =
    [
        (0x0020, 0x007e), // ASCII
        (0x00a0, 0x017f), // Latin-1, Latin Extended-A
        (0x0192, 0x0192), // florin, in code page 437
        (0x01f8, 0x01f9), // the Latin letter N with grave, which dead keys make
        (0x0218, 0x021b), // Romanian
        (0x02c6, 0x02dd), // spacing accents
        (0x0370, 0x03ff), // Greek
        (0x0400, 0x045f), // Cyrillic
        (0x0490, 0x0491),
        (0x1e9e, 0x1e9e), // capital sharp s
        (0x2010, 0x2027), // dashes, quotes, bullets, ellipsis
        (0x2030, 0x203c),
        (0x207f, 0x207f),
        (0x20a7, 0x20ac), // peseta to euro
        (0x2116, 0x2122), // numero, trade mark
        (0x2190, 0x21a8), // arrows
        (0x2200, 0x2265), // mathematics
        (0x2300, 0x2321),
        (0x2500, 0x25ff), // boxes, blocks, shapes
        (0x263a, 0x266f), // code page 437's faces, suits, notes
        (0xfffd, 0xfffd), // replacement
    ];

    /// <summary>Whether a character belongs to it.</summary>
    public static bool Has(int character) =>
        Blocks.Any(block => character >= block.First && character <= block.Last);
}
