using Cosmos.Multikernel;
using Cosmos.Multikernel.Tests.Instances.Devices;
using Cosmos.Multikernel.Tests.Instances.Records;

// `device-tests ROLE`: see the roles.
using var loop = EventLoop.Instance;
var role = args.Length > 0 ? args[0] : "";
var failures = 0;
loop.Run(async () =>
{
    switch (role)
    {
        case "driver":
            using (var driver = await TeachingDriver.StartAsync())
            {
                await RunAsync("claim", driver.ClaimAsync);
                await RunAsync("registers", driver.RegistersAsync);
                await RunAsync("others", driver.OthersAsync);
                await RunAsync("line", driver.LineAsync);
                await RunAsync("messages", driver.MessagesAsync);
                await RunAsync("memory", driver.MemoryAsync);
                await Stranger.WhenSeenAsync();
            }

            break;
        case "stranger":
            await RunAsync("stranger", Stranger.RunAsync);
            break;
        default:
            throw new ArgumentException($"There is no role '{role}'.");
    }
});
TestRecord.Done("devices", 0, failures);
return failures;

async Task RunAsync(string name, Func<Task<string>> body) =>
    failures += await TestRecord.RunAsync($"devices.{name}", body) ? 0 : 1;
