using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Terminal;

/// <summary>Colours, places and the cursor; the fixture compares the screen's cells.</summary>
internal static class Picture
{
    public static string Size(int columns, int rows)
    {
        Expect.Equal((columns, rows), (Console.WindowWidth, Console.WindowHeight));
        return "";
    }

    public static string Draw()
    {
        Console.Clear();
        Expect.Equal((0, 0), Console.GetCursorPosition());
        Console.ForegroundColor = ConsoleColor.Yellow;
        Console.BackgroundColor = ConsoleColor.DarkBlue;
        Console.Write("yellow on blue");
        Console.ResetColor();
        Console.SetCursorPosition(20, 3);
        Console.Write("here");
        Expect.Equal((24, 3), Console.GetCursorPosition());
        Console.CursorVisible = false;
        Console.Beep();
        foreach (var colour in Enum.GetValues<ConsoleColor>())
        {
            Console.SetCursorPosition((int)colour, 5);
            Console.ForegroundColor = colour;
            Console.Write('#');
        }

        Console.ResetColor();
        Console.SetCursorPosition(0, 10);
        return "";
    }
}
