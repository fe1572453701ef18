using Cosmos.Multikernel;
using Cosmos.Multikernel.Tests.Instances.Messages;
using Cosmos.Multikernel.Tests.Instances.Records;

// `messages stream [COUNT [ONE-IN]]` on two or more cores: each even one sends COUNT numbered messages to the next, odd one,
// which checks them; both sleep at random moments, after one message in ONE-IN. `messages calls` on two cores: the first
// makes every kind of call to the second.
using var loop = EventLoop.Instance;
var partners = Machine
    .DeclaredInstances.Where(other => other.Name == Instance.Name && other.Core < Core.Count)
    .Select(other => other.Core)
    .ToList();
var position = partners.IndexOf(Core.Current);
var isFirst = position % 2 == 0;
if (isFirst && position + 1 == partners.Count)
{
    TestRecord.Failed($"{Instance.Name}.{args[0]}", "no partner on another core");
    TestRecord.Done(Instance.Name, 0, 1);
    return 1;
}

var partner = isFirst ? partners[position + 1] : partners[position - 1];
var failures = 0;
loop.Run(async () =>
{
    failures = args[0] switch
    {
        "stream" => await StreamSuite.RunAsync(args, isFirst, partner),
        "calls" => await CallSuite.RunAsync(isFirst, partner),
        _ => throw new ArgumentException($"There is no '{args[0]}'."),
    };
});
TestRecord.Done(Instance.Name, 1, failures);
return failures;
