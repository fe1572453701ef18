namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>The CPU driver's own command line: <c>maxcores=N</c>, <c>trace</c>.</summary>
public unsafe struct BootOptions
{
    /// <summary>Start at most so many cores.</summary>
    public uint MaximumCores;

    /// <summary>Record what the cores do from the start (Tracing/CoreTrace.cs).</summary>
    public bool IsTracing;

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
            ulong value = 0;
            bool known =
                Module.StartsWith(word, wordLength, "maxcores="u8)
                && Numbers.TryParse(word + 9, wordLength - 9, out value)
                && value is > 0 and < uint.MaxValue;
            if (wordLength == 5 && Module.StartsWith(word, wordLength, "trace"u8))
            {
                options.IsTracing = true;
            }
            else if (known)
            {
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
