namespace Shell.Terminal;

/// <summary>The lines entered before, oldest first.</summary>
internal sealed class History
{
    private const int Most = 100;

    private readonly List<string> lines = [];

    /// <summary>How many lines there are.</summary>
    public int Count => lines.Count;

    /// <summary>A line by its age.</summary>
    public string this[int index] => lines[index];

    /// <summary>Adds a line, unless it is blank or repeats the last one.</summary>
    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line) || (lines.Count > 0 && lines[^1] == line))
        {
            return;
        }

        lines.Add(line);
        if (lines.Count > Most)
        {
            lines.RemoveAt(0);
        }
    }
}
