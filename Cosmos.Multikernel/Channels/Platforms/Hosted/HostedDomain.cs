using System.Globalization;

namespace Cosmos.Multikernel.Channels.Platforms.Hosted;

/// <summary>
/// What one hosted instance shows the others: a directory <c>CORE.NAME</c> with its page and the channels offered to it.
/// </summary>
internal sealed unsafe class HostedDomain : IDisposable
{
    private const int PageSize = 4096;

    // Past what the CPU driver's page holds.
    private const int ProcessOffset = 1024;
    private const int WaitStatusOffset = 1028;
    private const int EndedOffset = 1032;

    private readonly SharedFile page;

    private HostedDomain(string directory, SharedFile page)
    {
        Offers = Path.Combine(directory, "offers");
        this.page = page;
    }

    /// <summary>The page that is rung.</summary>
    public DomainPageView Page => new(page.Memory);

    /// <summary>Directory of the channels offered and not yet accepted.</summary>
    public string Offers { get; }

    /// <summary>The instance's process, 0 before it starts.</summary>
    public int ProcessId
    {
        get => Volatile.Read(ref *(int*)(page.Memory + ProcessOffset));
        set => Volatile.Write(ref *(int*)(page.Memory + ProcessOffset), value);
    }

    /// <summary>How the instance ended; meaningful once <see cref="HasEnded"/>.</summary>
    public int WaitStatus
    {
        get => Volatile.Read(ref *(int*)(page.Memory + WaitStatusOffset));
        set => Volatile.Write(ref *(int*)(page.Memory + WaitStatusOffset), value);
    }

    /// <summary>Whether the instance has ended.</summary>
    public bool HasEnded
    {
        get => Volatile.Read(ref *(int*)(page.Memory + EndedOffset)) != 0;
        set => Volatile.Write(ref *(int*)(page.Memory + EndedOffset), value ? 1 : 0);
    }

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

    /// <inheritdoc/>
    public void Dispose() => page.Dispose();

    private static string DirectoryOf(string machine, int core, string name) =>
        Path.Combine(machine, string.Create(CultureInfo.InvariantCulture, $"{core}.{name}"));
}
