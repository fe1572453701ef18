using System.Text;

namespace Shell.Terminal;

/// <summary>
/// Edits one line with the keys that shells have taught everybody. Keeps no terminal: it writes what the screen needs to
/// a <see cref="StringBuilder"/>, so it is tested without one.
/// </summary>
/// <remarks>
/// A line longer than the window scrolls sideways. A character typed at the end is simply echoed, so that what a script
/// sends looks in a log as it was sent.
/// </remarks>
/// <param name="prompt">The prompt before the line, for when it must be drawn anew.</param>
/// <param name="history">Earlier lines.</param>
/// <param name="complete">The words that the beginning of a word can become.</param>
internal sealed class LineEditor(
    string prompt,
    History history,
    Func<string, IReadOnlyList<string>> complete
)
{
    private const int Columns = 80;

    private readonly StringBuilder text = new();
    private int cursor;
    private int windowStart;
    private int recalled = history.Count;
    private string draft = "";

    /// <summary>The line as it is.</summary>
    public string Text => text.ToString();

    /// <summary>Where the next character goes.</summary>
    public int Cursor => cursor;

    private int WindowWidth => Columns - prompt.Length - 1;

    /// <summary>Takes a key and appends to <paramref name="output"/> what the terminal must be sent.</summary>
    public EditResult Handle(Key key, StringBuilder output)
    {
        switch (key.Kind)
        {
            case KeyKind.Enter:
                output.Append('\n');
                return EditResult.Accepted;
            case KeyKind.Interrupt:
                output.Append("^C\n");
                return EditResult.Abandoned;
            case KeyKind.EndOfInput:
            case KeyKind.EndOfFile when text.Length == 0:
                return EditResult.EndOfInput;
            case KeyKind.Character
                when cursor == text.Length && text.Length - windowStart < WindowWidth:
                text.Append(key.Text);
                cursor = text.Length;
                output.Append(key.Text);
                return EditResult.Editing;
            case KeyKind.Tab:
                Complete(output);
                return EditResult.Editing;
            case KeyKind.ClearScreen:
                output.Append("\e[2J\e[H").Append(prompt);
                Redraw(output);
                return EditResult.Editing;
            default:
                Edit(key);
                Redraw(output);
                return EditResult.Editing;
        }
    }

    private void Edit(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Character:
                text.Insert(cursor, key.Text);
                cursor += key.Text.Length;
                break;
            case KeyKind.Backspace:
                Remove(Before(cursor), cursor);
                break;
            case KeyKind.Delete or KeyKind.EndOfFile:
                Remove(cursor, After(cursor));
                break;
            case KeyKind.Left:
                cursor = Before(cursor);
                break;
            case KeyKind.Right:
                cursor = After(cursor);
                break;
            case KeyKind.WordLeft:
                cursor = WordBefore();
                break;
            case KeyKind.WordRight:
                cursor = WordAfter();
                break;
            case KeyKind.Home:
                cursor = 0;
                break;
            case KeyKind.End:
                cursor = text.Length;
                break;
            case KeyKind.KillToEnd:
                Remove(cursor, text.Length);
                break;
            case KeyKind.KillToStart:
                Remove(0, cursor);
                break;
            case KeyKind.KillWord:
                Remove(WordBefore(), cursor);
                break;
            case KeyKind.Up:
                Recall(recalled - 1);
                break;
            case KeyKind.Down:
                Recall(recalled + 1);
                break;
        }
    }

    private void Remove(int start, int end)
    {
        text.Remove(start, end - start);
        cursor = start;
    }

    // A character outside the basic plane is two UTF-16 units and one step.
    private int Before(int position) =>
        position == 0 ? 0
        : position > 1 && char.IsLowSurrogate(text[position - 1]) ? position - 2
        : position - 1;

    private int After(int position) =>
        position == text.Length ? position
        : char.IsHighSurrogate(text[position]) && position + 1 < text.Length ? position + 2
        : position + 1;

    private int WordBefore()
    {
        var position = cursor;
        while (position > 0 && text[position - 1] == ' ')
        {
            position--;
        }

        while (position > 0 && text[position - 1] != ' ')
        {
            position--;
        }

        return position;
    }

    private int WordAfter()
    {
        var position = cursor;
        while (position < text.Length && text[position] == ' ')
        {
            position++;
        }

        while (position < text.Length && text[position] != ' ')
        {
            position++;
        }

        return position;
    }

    private void Recall(int index)
    {
        if (index < 0 || index > history.Count)
        {
            return;
        }

        if (recalled == history.Count)
        {
            draft = Text;
        }

        recalled = index;
        text.Clear().Append(index == history.Count ? draft : history[index]);
        cursor = text.Length;
    }

    private void Complete(StringBuilder output)
    {
        // Only command names are completed: the first word of a command.
        var start = text.ToString(0, cursor).LastIndexOf(';') + 1;
        while (start < cursor && text[start] == ' ')
        {
            start++;
        }

        var prefix = text.ToString(start, cursor - start);
        var candidates = prefix.Contains(' ') ? [] : complete(prefix);
        if (candidates.Count == 0)
        {
            output.Append('\a');
            return;
        }

        var common = CommonPrefix(candidates);
        var addition = common[prefix.Length..] + (candidates.Count == 1 ? " " : "");
        if (addition.Length == 0)
        {
            output.Append('\n').AppendJoin("  ", candidates).Append('\n').Append(prompt);
        }

        text.Insert(cursor, addition);
        cursor += addition.Length;
        Redraw(output);
    }

    private static string CommonPrefix(IReadOnlyList<string> words)
    {
        var common = words[0];
        foreach (var word in words)
        {
            var length = 0;
            while (length < common.Length && length < word.Length && common[length] == word[length])
            {
                length++;
            }

            common = common[..length];
        }

        return common;
    }

    private void Redraw(StringBuilder output)
    {
        if (cursor < windowStart)
        {
            windowStart = cursor;
        }

        if (cursor - windowStart > WindowWidth)
        {
            windowStart = cursor - WindowWidth;
        }

        if (text.Length <= WindowWidth)
        {
            windowStart = 0;
        }

        var visible = Math.Min(text.Length - windowStart, WindowWidth);
        output
            .Append($"\e[{prompt.Length + 1}G")
            .Append(text.ToString(windowStart, visible))
            .Append("\e[K");
        output.Append($"\e[{prompt.Length + 1 + cursor - windowStart}G");
    }
}
