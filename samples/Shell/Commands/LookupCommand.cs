using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Dns;
using Cosmos.Multikernel.Drivers.Network.Service;

namespace Shell.Commands;

/// <summary>Asks a name server for the addresses of a name.</summary>
internal static class LookupCommand
{
    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(1, 1, "nslookup NAME");
        var name = context.Arguments[0];
        using var network = await Networks.BindAsync(interrupt);
        var wide = network.ResolveAsync(name, DnsRecordType.Aaaa);
        var answer = await network.ResolveAsync(name).WaitAsync(interrupt);
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

    private static string Asked(DnsAnswer answer) =>
        answer.Server == Ipv4Address.Any ? "" : $" (said {answer.Server})";
}
