using System.CommandLine.Parsing;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary>Reads an option's value so that a wrong one is told by the option's name, the value, and what to use instead.</summary>
internal static class OptionValue
{
    /// <param name="advice">What to use: "use 1 to 255".</param>
    /// <param name="read">The value of a text; null when it is none.</param>
    public static Func<ArgumentResult, T> Parser<T>(string advice, Func<string, T?> read)
        where T : struct => result => Read(result, advice, read).GetValueOrDefault();

    /// <summary>The same for an option that may be absent.</summary>
    public static Func<ArgumentResult, T?> OptionalParser<T>(string advice, Func<string, T?> read)
        where T : struct => result => Read(result, advice, read);

    private static T? Read<T>(ArgumentResult result, string advice, Func<string, T?> read)
        where T : struct
    {
        var text = result.Tokens.Single().Value;
        var value = read(text);
        if (value is null)
        {
            var option = (result.Parent as OptionResult)?.IdentifierToken?.Value;
            result.AddError($"{option} {text}: {advice}");
        }

        return value;
    }
}
