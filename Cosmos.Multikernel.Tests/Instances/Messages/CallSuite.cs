using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Messages;

/// <summary>Every kind of call a message interface may have, to the workbench on another core.</summary>
internal static class CallSuite
{
    private const string Over = "over";

    public static async Task<int> RunAsync(bool isClient, int partner)
    {
        if (!isClient)
        {
            _ = MessageServer.ServeAsync(new WorkbenchDispatcher(new Workbench()));
            using var over = await Channel.AcceptAsync(Over);
            return 0;
        }

        var failures = 0;
        using var proxy = await MessageClient.ConnectAsync<WorkbenchProxy>(partner, Instance.Name);
        foreach (var (name, run) in CallCases.All)
        {
            try
            {
                await run(proxy);
                TestRecord.Passed($"calls.{name}");
            }
            catch (Exception exception)
            {
                failures++;
                TestRecord.Failed($"calls.{name}", exception.ToString());
            }
        }

        using var end = await Channel.ConnectAsync(
            partner,
            Instance.Name,
            new ChannelOptions { Service = Over }
        );
        return failures;
    }
}
