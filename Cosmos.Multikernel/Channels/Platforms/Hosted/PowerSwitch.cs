namespace Cosmos.Multikernel.Channels.Platforms.Hosted;

/// <summary>
/// A hosted machine's power switch: a word of shared memory that any instance sets and the launcher sleeps on. Without a
/// launcher there is none.
/// </summary>
internal sealed unsafe class PowerSwitch : IDisposable
{
    private const int PageSize = 4096;
    private const uint Untouched = 0;
    private const uint SwitchedOff = 1;
    private const uint Restarted = 2;
    private const uint Released = 3;

    private readonly SharedFile page;

    private PowerSwitch(SharedFile page) => this.page = page;

    private uint* Word => (uint*)page.Memory;

    /// <summary>The launcher makes it with the machine.</summary>
    public static PowerSwitch Create(string machine) =>
        new(SharedFile.OpenOrCreate(FileOf(machine), PageSize));

    /// <summary>An instance finds it, where there is a launcher.</summary>
    public static PowerSwitch? TryOpen(string machine) =>
        File.Exists(FileOf(machine)) ? new(SharedFile.Open(FileOf(machine))) : null;

    /// <summary>Asks the launcher to switch the machine off or to restart it; the first to ask decides.</summary>
    public void Press(bool restart) => Set(restart ? Restarted : SwitchedOff);

    /// <summary>Ends <see cref="Wait"/> without any action.</summary>
    public void Release() => Set(Released);

    /// <summary>Blocks until somebody presses the switch.</summary>
    /// <returns>Whether to restart; null after <see cref="Release"/>.</returns>
    public bool? Wait()
    {
        uint value;
        while ((value = Volatile.Read(ref *Word)) == Untouched)
        {
            Futex.Wait(Word, Untouched, -1);
        }
        return value == Released ? null : value == Restarted;
    }

    /// <inheritdoc/>
    public void Dispose() => page.Dispose();

    private void Set(uint value)
    {
        Interlocked.CompareExchange(ref *Word, value, Untouched);
        Futex.Wake(Word);
    }

    private static string FileOf(string machine) => Path.Combine(machine, "power");
}
