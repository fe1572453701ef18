using System;
using Sys = Cosmos.System;

namespace CosmosGame;

/// <summary>A guessing game as kernels for Cosmos have it: keys one by one, colours, and the screen cleared.</summary>
public class Kernel : Sys.Kernel
{
    private const int Highest = 100;

    private Random random;
    private int secret;
    private int guesses;

    protected override void BeforeRun()
    {
        random = new Random();
        Console.CursorVisible = false;
        NewGame();
    }

    protected override void Run()
    {
        Console.Write("Your guess: ");
        string digits = ReadDigits();
        if (digits == null)
        {
            Console.WriteLine("Bye.");
            Console.CursorVisible = true;
            Sys.Power.Shutdown();
            return;
        }

        if (!int.TryParse(digits, out int guess) || guess < 1 || guess > Highest)
        {
            Say(ConsoleColor.Red, "Between 1 and " + Highest + ", please.");
            return;
        }

        guesses++;
        if (guess < secret)
        {
            Say(ConsoleColor.Yellow, "Too low.");
        }
        else if (guess > secret)
        {
            Say(ConsoleColor.Yellow, "Too high.");
        }
        else
        {
            Say(
                ConsoleColor.Green,
                "Right, after " + guesses + (guesses == 1 ? " guess." : " guesses.")
            );
            Console.Beep(880, 20);
            NewGame();
        }
    }

    private void NewGame()
    {
        secret = random.Next(1, Highest + 1);
        guesses = 0;
        Console.WriteLine(
            "I think of a number between 1 and " + Highest + ". Escape ends the game."
        );
    }

    // Null for Escape.
    private static string ReadDigits()
    {
        string digits = "";
        while (true)
        {
            Sys.KeyEvent key = Sys.KeyboardManager.ReadKey();
            switch (key.Key)
            {
                case Sys.ConsoleKeyEx.Escape:
                    Console.WriteLine();
                    return null;
                case Sys.ConsoleKeyEx.Enter:
                case Sys.ConsoleKeyEx.NumEnter:
                    Console.WriteLine();
                    return digits;
                case Sys.ConsoleKeyEx.Backspace:
                    if (digits.Length > 0)
                    {
                        digits = digits.Substring(0, digits.Length - 1);
                        Console.Write("\b \b");
                    }
                    break;
                default:
                    if (char.IsDigit(key.KeyChar))
                    {
                        digits += key.KeyChar;
                        Console.Write(key.KeyChar);
                    }
                    break;
            }
        }
    }

    private static void Say(ConsoleColor color, string text)
    {
        Console.ForegroundColor = color;
        Console.WriteLine(text);
        Console.ResetColor();
    }
}
