using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>
/// The entries of a long name. They stand before the short entry, the name's last part first; each has a place (the first to
/// be met with bit 6), thirteen UTF-16 units and the short name's checksum.
/// </summary>
internal sealed class FatLongName
{
    private const byte LastPart = 0x40;
    private const int MostParts = 20;

    // Where the units of a part are.
    private static readonly byte[] UnitPositions = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

    private readonly char[] units = new char[MostParts * FatNames.UnitsPerEntry];
    private int parts;
    private int next;
    private byte checksum;

    /// <summary>Entries taken so far that belong together.</summary>
    public int Count => parts - next;

    /// <summary>Forgets what was taken: something else stands between.</summary>
    public void Reset() => parts = next = 0;

    /// <summary>Takes one entry of a long name; a place out of order begins anew or forgets.</summary>
    public void Take(ReadOnlySpan<byte> entry)
    {
        int place = entry[0] & 0x3F;
        bool isLast = (entry[0] & LastPart) != 0;
        if (isLast && place is > 0 and <= MostParts)
        {
            parts = place;
            checksum = entry[13];
        }
        else if (place != next || place == 0 || entry[13] != checksum)
        {
            Reset();
            return;
        }
        next = place - 1;
        for (int i = 0; i < UnitPositions.Length; i++)
        {
            units[next * FatNames.UnitsPerEntry + i] = (char)
                BinaryPrimitives.ReadUInt16LittleEndian(entry[UnitPositions[i]..]);
        }
    }

    /// <summary>The long name of a short entry that follows, or null when what was taken is not whole or not its.</summary>
    public string? For(string rawShort)
    {
        if (parts == 0 || next != 0 || checksum != FatNames.Checksum(rawShort))
        {
            return null;
        }
        ReadOnlySpan<char> all = units.AsSpan(0, parts * FatNames.UnitsPerEntry);
        int end = all.IndexOf('\0');
        string name = new(end < 0 ? all : all[..end]);

        // What could not be reached by a path is no name: the short one serves.
        return
            name.Length is 0 or > FatNames.LongestName
            || name is "." or ".."
            || name.AsSpan().ContainsAny('/', '\0')
            ? null
            : name;
    }

    /// <summary>Writes the entries of a name, long name and short entry.</summary>
    public static byte[] Encode(FatName name, in FatEntry entry)
    {
        byte[] bytes = new byte[name.EntryCount * FatParameters.EntrySize];
        int parts = name.EntryCount - 1;
        byte sum = FatNames.Checksum(name.RawShort);
        for (int i = 0; i < parts; i++)
        {
            int place = parts - i;
            EncodePart(
                bytes.AsSpan(i * FatParameters.EntrySize, FatParameters.EntrySize),
                name.Name,
                place,
                i == 0,
                sum
            );
        }
        entry.Write(bytes.AsSpan(parts * FatParameters.EntrySize));
        return bytes;
    }

    private static void EncodePart(Span<byte> part, string name, int place, bool isLast, byte sum)
    {
        part[0] = (byte)(place | (isLast ? LastPart : 0));
        part[11] = (byte)FatAttributes.LongName;
        part[13] = sum;
        int from = (place - 1) * FatNames.UnitsPerEntry;
        for (int i = 0; i < UnitPositions.Length; i++)
        {
            // Behind the name one zero, then ones.
            int unit =
                from + i < name.Length ? name[from + i]
                : from + i == name.Length ? 0
                : 0xFFFF;
            BinaryPrimitives.WriteUInt16LittleEndian(part[UnitPositions[i]..], (ushort)unit);
        }
    }
}
