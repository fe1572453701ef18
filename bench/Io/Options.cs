using System.Net;

namespace Cosmos.Multikernel.Bench.Io;

/// <summary>What the command line says.</summary>
/// <param name="Disk">The disk: the name that a driver core serves it under, or Linux's file.</param>
/// <param name="Station">Who is at the other end of the network's cable.</param>
/// <param name="Interface">Linux: the network interface.</param>
/// <param name="Address">Linux: its address. The network is the one that classes gave it.</param>
internal sealed record Options(string Disk, IPAddress Station, string Interface, IPAddress Address)
{
    /// <exception cref="FormatException">Something is wrong or missing; the message names it.</exception>
    public static Options Parse(IEnumerable<string> arguments)
    {
        Dictionary<string, string> values = [];
        foreach (string argument in arguments)
        {
            if (argument.Split('=', 2) is not [var key, var value])
            {
                throw new FormatException($"'{argument}' is not KEY=VALUE");
            }

            values[key] = value;
        }

        return new(
            Required("disk"),
            IPAddress.Parse(Required("station")),
            values.GetValueOrDefault("interface", ""),
            IPAddress.Parse(values.GetValueOrDefault("address", "0.0.0.0"))
        );

        string Required(string key) =>
            values.GetValueOrDefault(key) ?? throw new FormatException($"{key}= is missing");
    }
}
