namespace Cosmos.Multikernel.Files.Client;

/// <summary>
/// Flags of open(2), and how they say what the file service is asked for. Source: Linux, asm-generic/fcntl.h; numbers for x86.
/// </summary>
internal static class OpenMode
{
    public const uint AccessMask = 3;
    public const uint WriteOnly = 1;
    public const uint ReadWrite = 2;
    public const uint Create = 0x40;
    public const uint Exclusive = 0x80;
    public const uint Truncate = 0x200;
    public const uint Append = 0x400;
    public const uint NonBlocking = 0x800;
    public const uint DataSync = 0x1000;
    public const uint Directory = 0x1_0000;
    public const uint NoFollow = 0x2_0000;
    public const uint PathOnly = 0x20_0000;

    /// <summary>O_TMPFILE without O_DIRECTORY, which it contains.</summary>
    public const uint Temporary = 0x40_0000;

    /// <summary>What F_GETFL tells: how it was opened, without what concerned the opening alone.</summary>
    public const uint StatusMask = AccessMask | Append | NonBlocking | DataSync | PathOnly;

    /// <summary>What to ask the file service for; null for an access mode that there is not.</summary>
    public static OpenFlags? ToOpenFlags(uint flags)
    {
        OpenFlags result;
        if ((flags & PathOnly) != 0)
        {
            // Of the other flags only these two count then (Linux man-pages, open(2)).
            result = OpenFlags.None;
            flags &= Directory | NoFollow;
        }
        else
        {
            switch (flags & AccessMask)
            {
                case 0:
                    result = OpenFlags.Read;
                    break;
                case WriteOnly:
                    result = OpenFlags.Write;
                    break;
                case ReadWrite:
                    result = OpenFlags.Read | OpenFlags.Write;
                    break;
                default:
                    return null;
            }
        }
        result |= (flags & Create) != 0 ? OpenFlags.Create : OpenFlags.None;
        result |= (flags & Exclusive) != 0 ? OpenFlags.Exclusive : OpenFlags.None;
        result |= (flags & Truncate) != 0 ? OpenFlags.Truncate : OpenFlags.None;
        result |= (flags & Append) != 0 ? OpenFlags.Append : OpenFlags.None;
        result |= (flags & Directory) != 0 ? OpenFlags.Directory : OpenFlags.None;
        result |= (flags & NoFollow) != 0 ? OpenFlags.NoFollow : OpenFlags.None;
        return result;
    }
}
