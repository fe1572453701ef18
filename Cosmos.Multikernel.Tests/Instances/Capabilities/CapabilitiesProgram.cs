using Cosmos.Multikernel;
using Cosmos.Multikernel.Tests.Instances.Capabilities;
using Cosmos.Multikernel.Tests.Instances.Records;

// `capabilities ROLE`: see the roles. Several instances of this program, on several cores, make one test.
using var loop = EventLoop.Instance;
var role = args.Length > 0 ? args[0] : "";
var failures = 0;
loop.Run(async () =>
{
    switch (role)
    {
        case "giver":
            await RunAsync("own-frames", OwnFrames.RunAsync);
            await RunAsync("no-memory", OwnFrames.ExhaustAsync);
            await RunAsync("moves", Giver.MoveAsync);
            await RunAsync("closes", Giver.CloseAsync);
            await RunAsync("victims", Giver.VictimsAsync);
            break;
        case "taker":
            await Taker.ServeAsync();
            break;
        case "victim":
            await Taker.DieHoldingAsync();
            break;
        case "all-devices":
            await RunAsync("firmware-tables", AllDevices.ReadTablesAsync);
            await RunAsync("refusals", AllDevices.RefusalsAsync);
            await RunAsync("registers", AllDevices.ReadRegistersAsync);
            await RunAsync("sent-devices", AllDevices.SendAsync);
            break;
        case "clock":
            await RunAsync("received-devices", Clock.ReceiveAsync);
            await RunAsync("interrupts", Clock.InterruptsAsync);
            break;
        default:
            throw new ArgumentException($"There is no role '{role}'.");
    }
});
TestRecord.Done("capabilities", 0, failures);
return failures;

async Task RunAsync(string name, Func<Task<string>> body) =>
    failures += await TestRecord.RunAsync($"capabilities.{name}", body) ? 0 : 1;
