using Cosmos.Multikernel;
using Cosmos.Multikernel.Tests.Instances.Naming;
using Cosmos.Multikernel.Tests.Instances.Records;

// Several instances on every core, whose names begin with "naming". Each serves a name of its own and binds to all others by
// name. The one called "naming-victim" is ended by the one called "naming" on core 0 while calls of all others wait at it.
using var loop = EventLoop.Instance;
var failures = 0;
loop.Run(async () =>
{
    var meeting = new Meeting();
    foreach (var (name, run) in meeting.Cases)
    {
        failures += await TestRecord.RunAsync($"{Instance.Name}.{name}", run) ? 0 : 1;
    }

    // Others may still want to be greeted.
    await EventLoop.Current.Delay(Meeting.Farewell);
});
TestRecord.Done("naming", 1 - failures, failures);
return failures;
