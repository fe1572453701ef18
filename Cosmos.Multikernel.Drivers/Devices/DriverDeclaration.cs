namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>An instance that the kernel project declares as a driver.</summary>
/// <param name="Instance">Its name.</param>
/// <param name="Devices">What it is for.</param>
public sealed record DriverDeclaration(string Instance, IReadOnlyList<DeviceMatch> Devices)
{
    /// <summary>Reads <c>INSTANCE=DEVICES</c>, where several devices are joined by commas.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static DriverDeclaration Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw new FormatException($"'{text}' declares no driver: write INSTANCE=DEVICES");
        }
        return new(
            text[..equals],
            [.. text[(equals + 1)..].Split(',').Select(match => DeviceMatch.Parse(match.Trim()))]
        );
    }
}
