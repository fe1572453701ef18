using System.Globalization;

namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>
/// How a NIC's instance is told to behave, as kernel projects write it: nothing for DHCP, or
/// <c>address=10.0.2.20/24 router=10.0.2.2 names=10.0.2.3,1.1.1.1 domain=lab.example</c>; <c>host=NAME</c> is told to DHCP servers.
/// </summary>
public static class NetworkArguments
{
    /// <summary>Reads them.</summary>
    /// <exception cref="FormatException">One is wrong; the message names it.</exception>
    public static NetworkOptions Parse(IEnumerable<string> arguments)
    {
        NetworkOptions options = new();
        Ipv4Configuration? configuration = null;
        Ipv4Configuration others = Ipv4Configuration.None;
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=');
            string value = argument[(equals + 1)..];
            switch (equals < 0 ? "" : argument[..equals])
            {
                case "host":
                    options = options with { HostName = value };
                    break;
                case "address":
                    configuration = ParseAddress(value);
                    break;
                case "router":
                    others = others with { Router = Ipv4Address.Parse(value) };
                    break;
                case "names":
                    Ipv4Address[] servers =
                    [
                        .. value.Split(',').Select(one => Ipv4Address.Parse(one)),
                    ];
                    others = others with { NameServers = servers };
                    break;
                case "domain":
                    others = others with { Domain = value };
                    break;
                default:
                    throw new FormatException(
                        $"'{argument}' is no argument of a network: use address=, router=, names=, domain= or host="
                    );
            }
        }
        if (configuration is null)
        {
            return others == Ipv4Configuration.None
                ? options
                : throw new FormatException(
                    "router=, names= and domain= go with address=; without it DHCP tells them"
                );
        }
        configuration = others with
        {
            Address = configuration.Address,
            Prefix = configuration.Prefix,
        };
        return configuration.Problem() is { } problem
            ? throw new FormatException(problem)
            : options with
            {
                Static = configuration,
            };
    }

    private static Ipv4Configuration ParseAddress(string text)
    {
        int slash = text.IndexOf('/');
        bool hasPrefix = int.TryParse(
            text.AsSpan(slash + 1),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int prefix
        );
        return
            slash > 0 && hasPrefix && Ipv4Address.TryParse(text.AsSpan(0, slash), out var address)
            ? new Ipv4Configuration(address, prefix, Ipv4Address.Any, [])
            : throw new FormatException(
                $"'{text}' is no address with its prefix, such as 10.0.2.20/24"
            );
    }
}
