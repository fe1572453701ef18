using System.Globalization;
using Cosmos.Multikernel;
using Cosmos.Multikernel.Drivers.Network.Service;
using Cosmos.Multikernel.Tests.Instances.Network;
using Cosmos.Multikernel.Tests.Instances.Records;

// `network-tests PORT...`: asks the host's sockets at these ports, through the network that another core serves.
using var loop = EventLoop.Instance;
var failures = 0;
loop.Run(async () =>
{
    using var network = await NetworkClient.BindAsync(TimeSpan.FromSeconds(90));
    var ports = args.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
    await RunAsync("address", () => HostEcho.AddressAsync(network));
    foreach (var port in ports)
    {
        await RunAsync("echoes", () => HostEcho.OneByOneAsync(network, port));
        await RunAsync("many", () => HostEcho.ManyAtATimeAsync(network, port));
        await RunAsync("flood", () => HostEcho.AllAtOnceAsync(network, port));
    }

    await RunAsync("closed", () => HostEcho.ErrorsAsync(network));
    foreach (var port in ports)
    {
        await RunAsync("storm", () => Storm.RunAsync(port));
    }
});
TestRecord.Done("network", 0, failures);
return failures;

async Task RunAsync(string name, Func<Task<string>> body) =>
    failures += await TestRecord.RunAsync($"network.{name}", body) ? 0 : 1;
