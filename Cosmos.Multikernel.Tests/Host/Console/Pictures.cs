namespace Cosmos.Multikernel.Tests.Consoles;

/// <summary>Control characters in tests' arguments as Unicode's pictures of them: test runners lose cases whose names hold the real ones.</summary>
internal static class Pictures
{
    /// <summary>The text that is meant: U+2400 and following for the characters 0 to 31, U+2421 for 127.</summary>
    public static string ToControls(string text) =>
        string.Concat(
            text.Select(character =>
                character switch
                {
                    '\u2421' => '\x7f',
                    >= '\u2400' and < '\u2420' => (char)(character - 0x2400),
                    _ => character,
                }
            )
        );
}
