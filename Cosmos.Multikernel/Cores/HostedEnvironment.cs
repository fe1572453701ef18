using System.Globalization;

namespace Cosmos.Multikernel;

/// <summary>Where a hosted instance is, as its environment says in the CPU driver's place.</summary>
internal static class HostedEnvironment
{
    private const string CoreVariable = "COSMOS_CORE";
    private const string CoresVariable = "COSMOS_CORES";

    /// <summary>The instance's core, and how many there are; without any word core 0, and as many as make it the last.</summary>
    /// <param name="read">Gives a variable's value, null when there is none.</param>
    /// <exception cref="InvalidDataException">A variable holds something else.</exception>
    public static (int Core, int Count) ReadCores(Func<string, string?> read)
    {
        int core = Read(read, CoreVariable) ?? 0;
        int count = Read(read, CoresVariable) ?? core + 1;
        return core < count
            ? (core, count)
            : throw new InvalidDataException(
                $"{CoreVariable}: there is no core {core} when {CoresVariable} is {count}."
            );
    }

    private static int? Read(Func<string, string?> read, string variable)
    {
        string? text = read(variable);
        return text is null ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value < int.MaxValue
                ? value
            : throw new InvalidDataException($"{variable}: '{text}' is no number of cores.");
    }
}
