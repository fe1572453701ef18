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
    private const int EndedOffset = 1032;
    private const int SupervisedOffset = 1036;
    private const int LivesOffset = 1040;
    private const int WishOffset = 1044;
    private const int WaitStatusOffset = 1088;

    // How each of the last lives ended: who hears late still hears of the one it asks about.
    private const int StatusesKept = 64;

    /// <summary>A process that could leave no word, and has no launcher to do so for it, was killed.</summary>
    private const int Killed = 9;

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

    /// <summary>How many lives the instance has begun.</summary>
    public uint Lives => Volatile.Read(ref *LivesWord);

    /// <summary>How many of its lives are over.</summary>
    public uint EndedLives => Volatile.Read(ref *EndedWord);

    /// <summary>The life that a channel offered now is meant for: the one that is, or the first.</summary>
    public uint CurrentLife => Math.Max(Lives, 1) - 1;

    /// <summary>Whether it has begun and ended as often: nobody is this instance now.</summary>
    public bool HasEnded => Lives != 0 && EndedLives >= Lives;

    private uint* ProcessWord => (uint*)(page.Memory + ProcessOffset);

    private uint* EndedWord => (uint*)(page.Memory + EndedOffset);

    private uint* WishWord => (uint*)(page.Memory + WishOffset);

    private uint* LivesWord => (uint*)(page.Memory + LivesOffset);

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

    /// <summary>A life begins: the launcher says so before its process is there, or without one the process itself.</summary>
    /// <returns>Its number, from 0.</returns>
    public uint BeginLife()
    {
        // Who was killed left no word; now its time is over in any case.
        while (EndedLives < Lives)
        {
            RecordEnd(EndedLives, Killed);
        }
        return Interlocked.Increment(ref *LivesWord) - 1;
    }

    /// <summary>A process is this instance now.</summary>
    /// <returns>Which life it is.</returns>
    public uint Join(int process)
    {
        uint life = IsSupervised ? CurrentLife : BeginLife();
        ProcessId = process;
        return life;
    }

    /// <summary>Says how a life ended, and wakes who waits for that. The first word counts.</summary>
    /// <param name="life">Which.</param>
    /// <param name="waitStatus">As wait(2) reports it.</param>
    public void RecordEnd(uint life, int waitStatus)
    {
        if (EndedLives == life)
        {
            Volatile.Write(ref *StatusWord(life), waitStatus);

            // Release: who sees the end sees its status.
            Volatile.Write(ref *EndedWord, life + 1);
            Futex.Wake(EndedWord);
        }
    }

    /// <summary>How a life ended, as wait(2) reports it; one that nobody has told of was killed.</summary>
    public int StatusOf(uint life) =>
        EndedLives > life ? Volatile.Read(ref *StatusWord(life)) : Killed;

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

    /// <summary>Blocks until somebody has said how a life ended.</summary>
    public void WaitForEnd(uint life)
    {
        uint ended;
        while ((ended = EndedLives) <= life)
        {
            Futex.Wait(EndedWord, ended, -1);
        }
    }

    /// <summary>Somebody wants the instance, which has ended, to live again: tells the launcher.</summary>
    public void WishForLife()
    {
        Volatile.Write(ref *WishWord, EndedLives);
        Futex.Wake(WishWord);
    }

    /// <summary>Blocks until somebody wants another life after so many, or <see cref="WishForLife"/> is called to end the wait.</summary>
    public void WaitForWish(uint lives)
    {
        uint wished;
        while ((wished = Volatile.Read(ref *WishWord)) < lives)
        {
            Futex.Wait(WishWord, wished, -1);
        }
    }

    /// <summary>Nobody will take what was offered to a life that is over.</summary>
    public void DiscardOffers()
    {
        foreach (string offer in Directory.EnumerateFiles(Offers))
        {
            File.Delete(offer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => page.Dispose();

    private int* StatusWord(uint life) =>
        (int*)(page.Memory + WaitStatusOffset) + life % StatusesKept;

    private static string DirectoryOf(string machine, int core, string name) =>
        Path.Combine(machine, string.Create(CultureInfo.InvariantCulture, $"{core}.{name}"));
}
