using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Services;
using Cosmos.Multikernel.Tests.Instances.Records;
using Sys = Cosmos.System;

namespace Cosmos.Multikernel.Tests.Instances.Lifecycle;

/// <summary>
/// A kernel as Cosmos authors write it: no Main, everything on the main thread, Run blocks. On several cores each asks its
/// neighbour, whose Run is blocked as well, and must get an answer. It ends with status <see cref="Status"/>.
/// </summary>
public class Kernel : Sys.Kernel
{
    /// <summary>What the program is to return.</summary>
    public const int Status = 7;

    private const int Runs = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim neighbourHasAsked = new();
    private readonly List<string> calls = [];
    private int failures;

    /// <inheritdoc/>
    protected override void OnBoot()
    {
        calls.Add(nameof(OnBoot));
        Check(
            "on-boot-may-ask",
            EventLoop.Instance.InvokeAsync(() => Task.CompletedTask).Wait(Patience),
            "the event loop does not run yet"
        );
    }

    /// <inheritdoc/>
    protected override void BeforeRun()
    {
        calls.Add(nameof(BeforeRun));
        EventLoop.Instance.Post(WaitForNeighbour);
    }

    /// <inheritdoc/>
    protected override void Run()
    {
        calls.Add(nameof(Run));
        if (calls.Count(call => call == nameof(Run)) < Runs)
        {
            Thread.Sleep(20);
            return;
        }

        AskNeighbour();

        // The neighbour may still be about to ask: it must find this main thread blocked, and its answer all the same.
        if (!neighbourHasAsked.Wait(Patience))
        {
            Check("answers-while-run-blocks", false, "the neighbour never asked");
        }

        Stop(Status);
    }

    /// <inheritdoc/>
    protected override void AfterRun()
    {
        calls.Add(nameof(AfterRun));
        Check(
            "order",
            string.Join(' ', calls) == "OnBoot BeforeRun Run Run Run AfterRun",
            string.Join(' ', calls)
        );
        TestRecord.Done("lifecycle", 3 - failures, failures);
    }

    private void AskNeighbour()
    {
        var partners = Machine
            .DeclaredInstances.Where(other =>
                other.Name == Instance.Name && other.Core < Core.Count
            )
            .ToList();
        var mine = partners.FindIndex(other => other.Core == Core.Current);
        var neighbour = partners[(mine + 1) % partners.Count];
        try
        {
            // From the main thread to the event loop and back: how a blocking kernel uses channels.
            var status = EventLoop
                .Instance.InvokeAsync(() => AskAsync(neighbour))
                .GetAwaiter()
                .GetResult();
            Check(
                "answers-while-run-blocks",
                status.State == InstanceState.Running,
                $"core {neighbour.Core}: {status.State}"
            );
        }
        catch (Exception exception) when (exception is ChannelException or TimeoutException)
        {
            Check("answers-while-run-blocks", false, exception.Message);
        }
    }

    private static async Task<InstanceStatus> AskAsync(DeclaredInstance neighbour)
    {
        using var client = await InstanceClient.ConnectAsync(
            neighbour.Core,
            neighbour.Name,
            Patience
        );
        var status = await client.StatusAsync(Patience);

        // An author's own channel beside the built-in service: says that the answer was here.
        using var channel = await Channel.ConnectAsync(
            neighbour.Core,
            neighbour.Name,
            new ChannelOptions { ConnectTimeout = Patience }
        );
        return status;
    }

    private async void WaitForNeighbour()
    {
        using var channel = await Channel.AcceptAsync();
        neighbourHasAsked.Set();
    }

    private void Check(string name, bool passed, string message)
    {
        if (passed)
        {
            TestRecord.Passed($"lifecycle.{name}", message);
        }
        else
        {
            failures++;
            TestRecord.Failed($"lifecycle.{name}", message);
        }
    }
}
