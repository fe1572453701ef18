using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Tests.Instances.Messages;
using Cosmos.Multikernel.Tests.Instances.Records;

// `messages [COUNT]` on two or more cores: each even one sends COUNT numbered messages to the next, odd one, which checks
// them; both sleep at random moments.
var count = args.Length > 0 ? int.Parse(args[0]) : 100_000;
using var loop = EventLoop.Instance;
var failures = 0;
loop.Run(async () =>
{
    var partners = Machine
        .DeclaredInstances.Where(other => other.Name == Instance.Name && other.Core < Core.Count)
        .ToList();
    var position = partners.FindIndex(other => other.Core == Core.Current);
    if (position % 2 == 0 && position + 1 == partners.Count)
    {
        failures++;
        TestRecord.Failed("messages.in-order", "no partner on another core");
        return;
    }

    try
    {
        var said =
            position % 2 == 0
                ? await NumberedStream.SendAsync(partners[position + 1].Core, count)
                : await NumberedStream.ReceiveAsync(count);
        TestRecord.Passed("messages.in-order", said);
    }
    catch (Exception exception)
        when (exception is ChannelException or ExpectationException or TimeoutException)
    {
        failures++;
        Console.WriteLine(exception);
        TestRecord.Failed("messages.in-order", exception.Message);
    }
});
TestRecord.Done("messages", 1 - failures, failures);
return failures;
