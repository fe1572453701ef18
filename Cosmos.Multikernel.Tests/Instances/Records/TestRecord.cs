using System.Text;

namespace Cosmos.Multikernel.Tests.Instances.Records;

/// <summary>
/// The lines a test instance prints, one JSON object each, which the machine fixture turns into test cases:
/// <c>@test {"name":"...","outcome":"passed","core":N,"message":"..."}</c> and, when all are through, <c>@done {...}</c>.
/// </summary>
/// <remarks>Written by hand: a record must come out even when the serializer is what is broken.</remarks>
internal static class TestRecord
{
    public static void Passed(string name, string message = "") => Write(name, "passed", message);

    public static void Failed(string name, string message) => Write(name, "failed", message);

    /// <summary>Runs one test of a suite and writes its record; what it throws is printed in full.</summary>
    /// <returns>Whether it passed.</returns>
    public static async Task<bool> RunAsync(string name, Func<Task<string>> body)
    {
        try
        {
            Passed(name, await body());
            return true;
        }
        catch (Exception exception)
        {
            Console.WriteLine(exception);
            Failed(name, exception.Message);
            return false;
        }
    }

    /// <summary>The last line of a suite; without it the fixture knows that the instance died on the way.</summary>
    public static void Done(string suite, int passed, int failed) =>
        Console.WriteLine(
            $"@done {{\"suite\":\"{Escape(suite)}\",\"core\":{Core.Current},\"passed\":{passed},\"failed\":{failed}}}"
        );

    // The console cuts an instance's lines at about 240 bytes.
    private const int MostMessage = 100;

    private static void Write(string name, string outcome, string message) =>
        Console.WriteLine(
            $"@test {{\"name\":\"{Escape(name)}\",\"outcome\":\"{outcome}\",\"core\":{Core.Current},\"message\":\"{Escape(message.Length > MostMessage ? message[..MostMessage] : message)}\"}}"
        );

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            switch (character)
            {
                case '"' or '\\':
                    escaped.Append('\\').Append(character);
                    break;
                case '\n':
                    escaped.Append("\\n");
                    break;
                case < ' ':
                    escaped.Append("\\u").Append(((int)character).ToString("x4"));
                    break;
                default:
                    escaped.Append(character);
                    break;
            }
        }

        return escaped.ToString();
    }
}
