using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>Paths that instances pass.</summary>
public static unsafe class UserPath
{
    /// <summary>Longest path that a built-in file could have; longer ones name nothing here.</summary>
    public const int Maximum = 256;

    /// <summary>Copies a path in. Returns its length without the closing 0, or -EFAULT or -ENOENT (too long to be one of ours).</summary>
    public static long Read(Domain* domain, ulong address, byte* path)
    {
        long length = 0;
        while (true)
        {
            byte* bytes = UserMemory.At(
                domain,
                address + (ulong)length,
                Protection.Read,
                out ulong available
            );
            if (bytes == null)
            {
                return -Errno.EFAULT;
            }
            for (ulong i = 0; i < available; i++)
            {
                if (bytes[i] == 0)
                {
                    return length;
                }
                if (length == Maximum)
                {
                    return -Errno.ENOENT;
                }
                path[length++] = bytes[i];
            }
        }
    }
}
