using System.Text;

namespace Cosmos.Multikernel.Cli.Machines.Hosted;

/// <summary>
/// What an instance's output looks like on the machine's one line: that of the console's instance goes out as it comes, another's in whole
/// lines that begin with its tag, as the CPU driver sends them (Console/InstanceOutput.cs).
/// </summary>
/// <param name="tag">Where each line begins; null for the console's instance.</param>
/// <param name="say">Takes what goes out.</param>
internal sealed class InstanceOutput(string? tag, Action<byte[]> say)
{
    // As the CPU driver has it (DomainEndpoints.LineBytes): a longer line goes out in pieces.
    private const int LongestLine = 400;
    private const int LongestCommand = 1024;

    private readonly List<byte> _waiting = [];

    /// <summary>Takes what has come.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (tag is null)
        {
            TakePlain(bytes);
            return;
        }

        foreach (var value in bytes)
        {
            Take(value);
        }
    }

    /// <summary>No more will come.</summary>
    public void End()
    {
        if (_waiting.Count > 0 && tag is null)
        {
            say([.. _waiting]);
        }
        else if (_waiting.Count > 0)
        {
            SayLine();
        }
    }

    // An operating-system command (ESC ] ... BEL: prompt marks, traces) goes out whole: another instance's line within it
    // would spoil it. Whatever else the console says goes out as it comes.
    private void TakePlain(ReadOnlySpan<byte> bytes)
    {
        _waiting.AddRange(bytes);
        var all = _waiting.ToArray();
        var escape = all.AsSpan().LastIndexOf((byte)0x1B);
        var isOpen =
            escape >= 0
            && all.Length - escape < LongestCommand
            && (escape + 1 == all.Length || all[escape + 1] == ']')
            && !all.AsSpan(escape).Contains((byte)0x07);
        var ready = isOpen ? escape : all.Length;
        if (ready > 0)
        {
            say(all[..ready]);
            _waiting.RemoveRange(0, ready);
        }
    }

    private void Take(byte value)
    {
        if (value == '\n' || _waiting.Count == LongestLine)
        {
            SayLine();
        }

        if (value != '\n')
        {
            _waiting.Add(value);
        }
    }

    private void SayLine()
    {
        say([.. Encoding.UTF8.GetBytes(tag + " "), .. _waiting, (byte)'\n']);
        _waiting.Clear();
    }
}
