namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>Numbers in command lines.</summary>
public static unsafe class Numbers
{
    /// <summary>A decimal number of at most 18 digits.</summary>
    public static bool TryParse(byte* text, uint length, out ulong value)
    {
        value = 0;
        if (length is 0 or > 18)
        {
            return false;
        }
        for (uint i = 0; i < length; i++)
        {
            if (text[i] is < (byte)'0' or > (byte)'9')
            {
                return false;
            }
            value = value * 10 + (ulong)(text[i] - '0');
        }
        return true;
    }

    /// <summary>A number of bytes, or one with K, M or G (powers of 1024) behind it.</summary>
    public static bool TryParseSize(byte* text, uint length, out ulong value)
    {
        value = 0;
        if (length == 0)
        {
            return false;
        }
        int shift = text[length - 1] switch
        {
            (byte)'K' or (byte)'k' => 10,
            (byte)'M' or (byte)'m' => 20,
            (byte)'G' or (byte)'g' => 30,
            _ => 0,
        };
        if (!TryParse(text, shift == 0 ? length : length - 1, out value))
        {
            return false;
        }
        if (value > ulong.MaxValue >> shift)
        {
            return false;
        }
        value <<= shift;
        return true;
    }
}
