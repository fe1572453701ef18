using System.Text;

namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>Splits a line into arguments: blanks separate, <c>"..."</c> keeps them, <c>\</c> takes the next character as it is.</summary>
public static class ArgumentSplitter
{
    /// <exception cref="ImageException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        var arguments = new List<string>();
        var current = new StringBuilder();
        var quoted = false;
        var started = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && i + 1 < line.Length)
            {
                current.Append(line[++i]);
                started = true;
            }
            else if (c == '"')
            {
                quoted = !quoted;
                started = true;
            }
            else if (char.IsWhiteSpace(c) && !quoted)
            {
                if (started)
                {
                    arguments.Add(current.ToString());
                    current.Clear();
                    started = false;
                }
            }
            else
            {
                current.Append(c);
                started = true;
            }
        }

        if (quoted)
        {
            throw new ImageException($"arguments '{line}': a quote is not closed");
        }

        if (started)
        {
            arguments.Add(current.ToString());
        }

        return arguments;
    }
}
