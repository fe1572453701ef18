namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>A list of cores as people write it: <c>0</c>, <c>1-3</c>, <c>2,4-6</c>, <c>1-</c> (to the last), <c>all</c>.</summary>
public static unsafe class CoreList
{
    public static bool IsValid(byte* text, uint length) => Walk(text, length, uint.MaxValue, out _);

    public static bool Contains(byte* text, uint length, uint core) =>
        Walk(text, length, core, out bool contains) && contains;

    private static bool Walk(byte* text, uint length, uint core, out bool contains)
    {
        contains = false;
        if (length == 3 && text[0] == 'a' && text[1] == 'l' && text[2] == 'l')
        {
            contains = true;
            return true;
        }
        uint position = 0;
        while (true)
        {
            if (!TryNumber(text, length, ref position, out uint first))
            {
                return false;
            }
            uint last = first;
            if (position < length && text[position] == '-')
            {
                position++;
                last = uint.MaxValue;
                bool open = position == length || text[position] == ',';
                if (!open && !TryNumber(text, length, ref position, out last))
                {
                    return false;
                }
                if (last < first)
                {
                    return false;
                }
            }
            contains |= core >= first && core <= last;
            if (position == length)
            {
                return true;
            }
            if (text[position] != ',')
            {
                return false;
            }
            position++;
        }
    }

    private static bool TryNumber(byte* text, uint length, ref uint position, out uint value)
    {
        value = 0;
        uint start = position;
        while (position < length && text[position] is >= (byte)'0' and <= (byte)'9')
        {
            value = value * 10 + (uint)(text[position] - '0');
            position++;
            if (value > 65535)
            {
                return false;
            }
        }
        return position > start;
    }
}
