using System.Buffers.Binary;
using System.Text;

namespace Cosmos.Multikernel.Drivers.FileSystems.Iso9660;

/// <summary>
/// What Rock Ridge adds to a record (IEEE P1282) in the fields of the system use sharing protocol (IEEE P1281): POSIX names,
/// modes, times, links, and directories that had to be moved because they were nested too deep.
/// </summary>
internal sealed class RockRidge(IsoEntry entry)
{
    private readonly StringBuilder name = new();
    private readonly StringBuilder target = new();
    private bool hasName;
    private bool isPartOpen;

    /// <summary>Where more fields are: position and length; length 0 for nowhere.</summary>
    public IsoExtent Continuation { get; private set; }

    /// <summary>The bytes to skip in every record, from the root's SP field; null when the disc has none.</summary>
    public static int? SkipOf(ReadOnlySpan<byte> rootSystemUse) =>
        rootSystemUse.Length >= 7
        && rootSystemUse[..2].SequenceEqual("SP"u8)
        && rootSystemUse[4] == 0xBE
        && rootSystemUse[5] == 0xEF
            ? rootSystemUse[6]
            : null;

    /// <summary>Takes the fields of one area.</summary>
    public void Take(ReadOnlySpan<byte> fields, int blockSize)
    {
        Continuation = default;
        while (fields.Length >= 4 && fields[2] >= 4 && fields[2] <= fields.Length)
        {
            ReadOnlySpan<byte> field = fields[..fields[2]];
            if (field[..2].SequenceEqual("ST"u8))
            {
                return;
            }
            Take(field[..2], field[4..], blockSize);
            fields = fields[field.Length..];
        }
    }

    /// <summary>After the last area.</summary>
    public void Finish()
    {
        if (hasName && name.Length > 0)
        {
            entry.Name = name.ToString();
        }
        if (entry.Kind == FileKind.SymbolicLink)
        {
            entry.Target = target.ToString();
        }
    }

    private void Take(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> data, int blockSize)
    {
        if (signature.SequenceEqual("CE"u8) && data.Length >= 24)
        {
            Continuation = new IsoExtent(
                (long)Long(data, 0) * blockSize + Long(data, 8),
                Long(data, 16)
            );
        }
        else if (signature.SequenceEqual("NM"u8) && data.Length >= 1)
        {
            // Flags 2 and 4 say "." and "..": those records are known by their own names.
            hasName |= (data[0] & 6) == 0;
            name.Append((data[0] & 6) == 0 ? Encoding.UTF8.GetString(data[1..]) : "");
        }
        else if (signature.SequenceEqual("PX"u8) && data.Length >= 4)
        {
            TakeMode(Long(data, 0));
        }
        else if (signature.SequenceEqual("SL"u8) && data.Length >= 1)
        {
            TakeLink(data[1..]);
        }
        else if (signature.SequenceEqual("TF"u8) && data.Length >= 1)
        {
            TakeTimes(data[0], data[1..]);
        }
        else if (signature.SequenceEqual("CL"u8) && data.Length >= 4)
        {
            entry.MovedTo = Long(data, 0);
        }
        else if (signature.SequenceEqual("RE"u8))
        {
            entry.IsMoved = true;
        }
    }

    private void TakeMode(uint mode)
    {
        entry.Permissions = (ushort)(mode & 0x1FF);

        // File types of POSIX, octal 170000: 120000 is a symbolic link. Devices and pipes are shown as empty files.
        if ((mode & 0xF000) == 0xA000)
        {
            entry.Kind = FileKind.SymbolicLink;
        }
    }

    // Components: flags, length, text. 1 continues in the next component, 2 is ".", 4 is "..", 8 is the root.
    private void TakeLink(ReadOnlySpan<byte> components)
    {
        while (components.Length >= 2 && components[1] <= components.Length - 2)
        {
            byte flags = components[0];
            if (!isPartOpen && target.Length > 0 && target[^1] != '/')
            {
                target.Append('/');
            }
            target.Append(
                (flags & 8) != 0 ? "/"
                : (flags & 4) != 0 ? ".."
                : (flags & 2) != 0 ? "."
                : Encoding.UTF8.GetString(components.Slice(2, components[1]))
            );
            isPartOpen = (flags & 1) != 0;
            components = components[(2 + components[1])..];
        }
    }

    // Which times there are, in this order: creation, modification, access, and others; bit 7 for the long form.
    private void TakeTimes(byte flags, ReadOnlySpan<byte> times)
    {
        int size = (flags & 0x80) != 0 ? 17 : 7;
        for (int bit = 0; bit < 3; bit++)
        {
            if ((flags >> bit & 1) == 0 || times.Length < size)
            {
                continue;
            }
            DateTime time =
                size == 17 ? IsoTime.DecodeLong(times[..17]) : IsoTime.DecodeShort(times[..7]);
            times = times[size..];
            if (bit == 0)
            {
                entry.Created = time;
            }
            else if (bit == 1)
            {
                entry.Modified = time;
            }
            else
            {
                entry.Accessed = time;
            }
        }
    }

    private static uint Long(ReadOnlySpan<byte> data, int at) =>
        BinaryPrimitives.ReadUInt32LittleEndian(data[at..]);
}
