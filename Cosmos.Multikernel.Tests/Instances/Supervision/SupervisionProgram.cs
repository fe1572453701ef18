using Cosmos.Multikernel;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Instances.Records;
using Cosmos.Multikernel.Tests.Instances.Supervision;

// `supervision ROLE`: see the roles. Several instances of this program, on several cores, make one test.
using var loop = EventLoop.Instance;
var role = args.Length > 0 ? args[0] : "";
loop.Run(async () =>
{
    switch (role)
    {
        case "server":
            await Names.ServeAsync(Conductor.Name, new CounterDispatcher(new Counter()));
            break;
        case "conductor":
            await RunAsync("server", Conductor.EndServerAsync);
            await RunAsync("started", Conductor.StartEndedAsync);
            await RunAsync("monitors", Conductor.CrashMonitorsAsync);
            break;
        case "client":
            await RunAsync("client", Client.CallAsync);
            break;
        case "driver":
            await RunAsync($"driver-{Instance.Life}", Driver.DriveAsync);
            if (Instance.Life < Conductor.LastLife)
            {
                // With its device running and its interrupt bound.
                Environment.FailFast("a driver's end");
            }

            break;
        case "failure":
            Environment.Exit(3);
            break;
        default:
            throw new ArgumentException($"There is no role '{role}'.");
    }
});

static Task RunAsync(string name, Func<Task<string>> body) =>
    TestRecord.RunAsync($"supervision.{name}", body);
