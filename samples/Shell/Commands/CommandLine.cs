using System.Text;

namespace Shell.Commands;

/// <summary>Takes a line apart: commands between semicolons, words between blanks, double quotes around what belongs together.</summary>
internal static class CommandLine
{
    /// <summary>The commands of a line, each as its words. Empty commands are left out.</summary>
    /// <exception cref="CommandException">A quote is not closed.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Parse(string line)
    {
        List<IReadOnlyList<string>> commands = [];
        List<string> words = [];
        StringBuilder? word = null;
        var quoted = false;
        foreach (var character in line)
        {
            switch (character)
            {
                case '"':
                    quoted = !quoted;
                    word ??= new StringBuilder();
                    break;
                case ' ' or '\t' or ';' when !quoted:
                    EndWord();
                    if (character == ';')
                    {
                        EndCommand();
                    }

                    break;
                default:
                    (word ??= new StringBuilder()).Append(character);
                    break;
            }
        }

        if (quoted)
        {
            throw new CommandException("a quote (\") is not closed", CommandException.Usage);
        }

        EndWord();
        EndCommand();
        return commands;

        void EndWord()
        {
            if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }

        void EndCommand()
        {
            if (words.Count > 0)
            {
                commands.Add(words);
                words = [];
            }
        }
    }
}
