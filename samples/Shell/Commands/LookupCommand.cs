using System.Globalization;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Dns;
using Cosmos.Multikernel.Drivers.Network.Service;

namespace Shell.Commands;

/// <summary>Asks a name server for the addresses of a name: one of the network's, or one that the user names.</summary>
internal static class LookupCommand
{
    private const string Usage = "nslookup NAME [SERVER[:PORT]]";

    // RFC 1035, 4.2.1.
    private const ushort UsualPort = 53;

    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(1, 2, Usage);
        var name = context.Arguments[0];
        using var network = await Networks.BindAsync(interrupt);
        var server =
            context.Arguments.Count > 1
                ? await FindServerAsync(network, context.Arguments[1], interrupt)
                : (Ipv4Endpoint?)null;
        var wide = network.ResolveAsync(name, DnsRecordType.Aaaa, server);
        var answer = await network.ResolveAsync(name, server: server).WaitAsync(interrupt);
        var wideAnswer = await wide.WaitAsync(interrupt);
        if (answer.Addresses.Count + wideAnswer.Addresses.Count == 0)
        {
            throw new CommandException(
                $"{name}: {NetworkException.Describe(answer.Error)}{Asked(answer)}"
            );
        }

        var best = answer.Addresses.Count > 0 ? answer : wideAnswer;
        var also = best.Name == name ? "" : $", another name for {best.Name}";
        Console.Out.Write($"{name}{also}{Asked(best)}\n");
        foreach (var address in answer.Addresses.Concat(wideAnswer.Addresses))
        {
            Console.Out.Write($"  {address}\n");
        }
    }

    private static async Task<Ipv4Endpoint> FindServerAsync(
        NetworkClient network,
        string argument,
        CancellationToken interrupt
    )
    {
        var colon = argument.IndexOf(':');
        var port = UsualPort;
        if (
            colon >= 0
            && (
                !ushort.TryParse(
                    argument.AsSpan(colon + 1),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out port
                )
                || port == 0
            )
        )
        {
            throw new CommandException(
                $"'{argument[(colon + 1)..]}' is no port; usage: {Usage}",
                CommandException.Usage
            );
        }

        var host = colon >= 0 ? argument[..colon] : argument;
        var found = await Networks.ResolveAsync(network, host, interrupt);
        return new Ipv4Endpoint(found.Addresses[0].V4, port);
    }

    private static string Asked(DnsAnswer answer) =>
        answer.Server == Ipv4Address.Any ? "" : $" (said {answer.Server})";
}
