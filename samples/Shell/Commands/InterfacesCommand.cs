using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Service;

namespace Shell.Commands;

/// <summary>The network interfaces: addresses, link, what was received, sent and dropped.</summary>
internal static class InterfacesCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(0, 0, "ifconfig");

        // One that has just started is waited for.
        using (await Networks.BindAsync(interrupt)) { }

        foreach (var record in await Networks.ListAsync(interrupt))
        {
            using var network = await NetworkClient.BindAsync(
                Patience,
                record.Name.ToString(),
                interrupt
            );
            await WriteAsync(network, $"{record.Instance} on core {record.Core}");
        }
    }

    private static async Task WriteAsync(NetworkClient network, string driver)
    {
        var shown = await network.Proxy.GetInterfaceAsync();
        var words = await network.Proxy.DescribeAsync();
        var mac = new MacAddress(shown.Device.Address);
        Line(words[0], $"{mac}, {shown.Device.Link}; driver {driver}");
        if (shown.HasAddress)
        {
            var router = shown.Router.V4.IsAny ? "no router" : $"router {shown.Router}";
            Line("", $"{shown.Address}/{shown.Prefix}, {router}");
            var servers = await network.Proxy.GetNameServersAsync();
            var domain = words[2].Length == 0 ? "" : $", domain {words[2]}";
            Line(
                "",
                $"name servers {(servers.Length == 0 ? "none" : string.Join(' ', servers))}{domain}"
            );
        }

        Line("", words[1]);
        Line("", $"received {shown.ReceivedPackets} packets, {shown.ReceivedBytes} bytes");
        Line("", $"sent     {shown.SentPackets} packets, {shown.SentBytes} bytes");
        var drops = await network.Proxy.GetDropsAsync();
        for (var reason = 0; reason < drops.Length; reason++)
        {
            if (drops[reason] != 0)
            {
                Line("", $"dropped  {drops[reason]} {(DropReason)reason}");
            }
        }

        foreach (var neighbour in await network.Proxy.GetNeighboursAsync())
        {
            var at = neighbour.Mac == 0 ? "asked for" : new MacAddress(neighbour.Mac).ToString();
            Line("", $"neighbour {neighbour.Address} at {at}");
        }
    }

    private static void Line(string name, string text) => Console.Out.Write($"{name, -6}{text}\n");
}
