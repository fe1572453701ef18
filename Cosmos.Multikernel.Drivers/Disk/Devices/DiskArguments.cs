using System.Globalization;

namespace Cosmos.Multikernel.Drivers.Disk.Devices;

/// <summary>
/// How a driver core for disks is told to behave, as kernel projects write it: nothing, or <c>limit=SECONDS</c>, how long a device may take
/// for a request.
/// </summary>
public static class DiskArguments
{
    private const string Limit = "limit=";

    /// <summary>Reads them: the limit, null for the usual one (<see cref="DiskQueue.DefaultLimit"/>).</summary>
    /// <exception cref="FormatException">One is wrong; the message names it.</exception>
    public static TimeSpan? ParseLimit(IEnumerable<string> arguments)
    {
        TimeSpan? limit = null;
        foreach (string argument in arguments)
        {
            limit =
                argument.StartsWith(Limit, StringComparison.Ordinal)
                && int.TryParse(
                    argument.AsSpan(Limit.Length),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out int seconds
                )
                && seconds > 0
                    ? TimeSpan.FromSeconds(seconds)
                    : throw new FormatException(
                        $"'{argument}' is no argument of a disk driver: use limit=SECONDS"
                    );
        }
        return limit;
    }
}
