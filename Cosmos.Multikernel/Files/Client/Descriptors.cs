namespace Cosmos.Multikernel.Files.Client;

/// <summary>
/// The descriptors of an instance that are files. The CPU driver has those below <see cref="First"/>; from there on they are
/// handed out lowest first.
/// </summary>
internal sealed class Descriptors
{
    /// <summary>The first that is a file's: the CPU driver's FileTable has as many of its own.</summary>
    public const int First = 32;

    private readonly OpenFile?[] files = new OpenFile?[FileServiceLimits.Handles];

    /// <summary>Whether there is room for another.</summary>
    public bool HasRoom => Array.IndexOf(files, null) >= 0;

    /// <summary>The file of a descriptor, or null.</summary>
    public OpenFile? Find(ulong descriptor)
    {
        // Linux takes 32 bits of it.
        long index = (int)descriptor - First;
        return index >= 0 && index < files.Length ? files[index] : null;
    }

    /// <summary>Gives a file the lowest free descriptor from a number on.</summary>
    /// <returns>-1 when there is none.</returns>
    public int Add(OpenFile file, ulong from = First)
    {
        int start = (int)Math.Clamp(from, First, First + (ulong)files.Length) - First;
        int index = Array.IndexOf(files, null, start);
        if (index < 0)
        {
            return -1;
        }
        files[index] = file;
        return index + First;
    }

    /// <summary>Takes a descriptor away from its file.</summary>
    public void Remove(ulong descriptor) => files[(int)descriptor - First] = null;
}
