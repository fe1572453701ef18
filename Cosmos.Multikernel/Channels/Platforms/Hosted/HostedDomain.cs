using System.Globalization;

namespace Cosmos.Multikernel.Channels.Platforms.Hosted;

/// <summary>
/// What one hosted instance shows the others: a directory <c>CORE.NAME</c> with its page and the channels offered to it.
/// </summary>
internal sealed unsafe partial class HostedDomain : IDisposable
{
    private const int PageSize = 4096;

    // Past what the CPU driver's page holds.
    private const int ProcessOffset = 1024;
    private const int WaitStatusOffset = 1028;
    private const int EndedOffset = 1032;
    private const int SupervisedOffset = 1036;
    private const int LivesOffset = 1040;

    private readonly SharedFile page;

    private HostedDomain(string directory, SharedFile page)
    {
        Offers = Path.Combine(directory, "offers");
        this.page = page;
    }

    /// <summary>Directory of the channels offered and not yet accepted.</summary>
    public string Offers { get; }

    /// <summary>The instance's process, 0 before it starts.</summary>
    public int ProcessId
    {
        get => (int)Volatile.Read(ref *ProcessWord);
        set
        {
            Volatile.Write(ref *ProcessWord, (uint)value);
            Futex.Wake(ProcessWord);
        }
    }

    /// <summary>
    /// Whether a launcher is the process's parent: the only one to learn how it really ended, and so the only one to say.
    /// </summary>
    public bool IsSupervised
    {
        get => Volatile.Read(ref *(int*)(page.Memory + SupervisedOffset)) != 0;
        set => Volatile.Write(ref *(int*)(page.Memory + SupervisedOffset), value ? 1 : 0);
    }

    /// <summary>How the instance ended, as wait(2) reports it; meaningful once <see cref="HasEnded"/>.</summary>
    public int WaitStatus => Volatile.Read(ref *(int*)(page.Memory + WaitStatusOffset));

    /// <summary>Whether the instance has ended.</summary>
    public bool HasEnded => Volatile.Read(ref *EndedWord) != 0;

    private uint* ProcessWord => (uint*)(page.Memory + ProcessOffset);

    private uint* EndedWord => (uint*)(page.Memory + EndedOffset);

    /// <summary>Makes the directory of an instance. Offers made before the instance runs wait in it.</summary>
    public static HostedDomain Create(string machine, int core, string name)
    {
        string directory = DirectoryOf(machine, core, name);
        Directory.CreateDirectory(Path.Combine(directory, "offers"));
        return new HostedDomain(
            directory,
            SharedFile.OpenOrCreate(Path.Combine(directory, "page"), PageSize)
        );
    }

    /// <summary>Opens the directory of another instance; null when there is no such instance.</summary>
    public static HostedDomain? TryOpen(string machine, int core, string name)
    {
        string directory = DirectoryOf(machine, core, name);
        string file = Path.Combine(directory, "page");
        return File.Exists(file)
            ? new HostedDomain(directory, SharedFile.OpenOrCreate(file, PageSize))
            : null;
    }

    /// <summary>A process begins to be this instance, perhaps not the first.</summary>
    /// <returns>How many were before it.</returns>
    public uint Join(int process)
    {
        Volatile.Write(ref *EndedWord, 0);
        ProcessId = process;
        return Interlocked.Increment(ref *(uint*)(page.Memory + LivesOffset)) - 1;
    }

    /// <summary>Says how the instance ended, and wakes who waits for that.</summary>
    public void RecordEnd(int waitStatus)
    {
        Volatile.Write(ref *(int*)(page.Memory + WaitStatusOffset), waitStatus);

        // Release: who sees the end sees its status.
        Volatile.Write(ref *EndedWord, 1);
        Futex.Wake(EndedWord);
    }

    /// <summary>Blocks until a process is this instance.</summary>
    /// <returns>Its number.</returns>
    public int WaitForStart()
    {
        int process;
        while ((process = ProcessId) == 0)
        {
            Futex.Wait(ProcessWord, 0, -1);
        }
        return process;
    }

    /// <summary>Blocks until somebody has said how the instance ended.</summary>
    public void WaitForEnd()
    {
        while (!HasEnded)
        {
            Futex.Wait(EndedWord, 0, -1);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => page.Dispose();

    private static string DirectoryOf(string machine, int core, string name) =>
        Path.Combine(machine, string.Create(CultureInfo.InvariantCulture, $"{core}.{name}"));
}
