namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>The CPU driver's own command line: <c>maxcores=N</c>.</summary>
public unsafe struct BootOptions
{
    /// <summary>Start at most so many cores.</summary>
    public uint MaximumCores;

    /// <summary>A word that is no option, for a report; null when all are.</summary>
    public byte* Unknown;
    public uint UnknownLength;

    /// <param name="store">Room for <paramref name="length"/> + 2 bytes.</param>
    public static BootOptions Parse(byte* text, uint length, byte* store)
    {
        BootOptions options = default;
        options.MaximumCores = uint.MaxValue;
        ModuleReader reader = new(text, length, store);
        while (reader.TryNext(out byte* word, out uint wordLength))
        {
            bool known =
                wordLength > 9
                && word[0] == 'm'
                && word[1] == 'a'
                && word[2] == 'x'
                && word[3] == 'c'
                && word[4] == 'o'
                && word[5] == 'r'
                && word[6] == 'e'
                && word[7] == 's'
                && word[8] == '='
                && Numbers.TryParse(word + 9, wordLength - 9, out ulong value)
                && value is > 0 and < uint.MaxValue;
            if (known)
            {
                Numbers.TryParse(word + 9, wordLength - 9, out value);
                options.MaximumCores = (uint)value;
            }
            else
            {
                options.Unknown = word;
                options.UnknownLength = wordLength;
            }
        }
        return options;
    }
}
