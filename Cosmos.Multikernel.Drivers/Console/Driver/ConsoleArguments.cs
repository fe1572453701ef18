using Cosmos.Multikernel.Drivers.Console.Keyboards;

namespace Cosmos.Multikernel.Drivers.Console.Driver;

/// <summary>How a console driver is to behave: its arguments, such as <c>layout=de</c>.</summary>
/// <param name="Layout">The keyboard's.</param>
public sealed record ConsoleArguments(KeyboardLayout Layout)
{
    private const string LayoutKey = "layout=";

    /// <summary>Reads them; without any the layout is that of the United States.</summary>
    /// <exception cref="FormatException">One is something else.</exception>
    public static ConsoleArguments Parse(IEnumerable<string> arguments)
    {
        ConsoleArguments result = new(KeyboardLayout.Us);
        foreach (string argument in arguments)
        {
            if (
                !argument.StartsWith(LayoutKey, StringComparison.Ordinal)
                || !KeyboardLayout.TryFind(argument[LayoutKey.Length..], out var layout)
            )
            {
                var known = KeyboardLayout.All.Select(one => LayoutKey + one.Name);
                throw new FormatException(
                    $"'{argument}' is no argument of a console driver: {string.Join(", ", known)}"
                );
            }
            result = result with { Layout = layout };
        }
        return result;
    }
}
