using System.Text;

namespace Cosmos.Multikernel.Generators;

/// <summary>Lines of C# with their indentation.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    public void Line(string line = "")
    {
        if (line.Length != 0)
        {
            text.Append(' ', depth * 4).Append(line);
        }
        text.Append('\n');
    }

    public void Open(string line)
    {
        Line(line);
        Line("{");
        depth++;
    }

    public void Close(string end = "}")
    {
        depth--;
        Line(end);
    }

    public override string ToString() => text.ToString();
}
