using System.Text.Json;
using Cosmos.Multikernel.Cli.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// Follows a machine's serial line, and answers for each record and each instance's end as soon as it is there. A record
/// that never comes, because the machine died or the limit passed, fails the case that asks for it with the log's tail.
/// </summary>
internal sealed class InstanceWatch
{
    private readonly VirtualMachine _machine;
    private readonly CancellationTokenSource _limit;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, int Core), TestOutcome> _records = [];
    private readonly Dictionary<(string Name, int Core), List<InstanceEnd>> _ends = [];
    private readonly List<string> _panics = [];
    private TaskCompletionSource _changed = NewSignal();
    private bool _isOver;

    public InstanceWatch(VirtualMachine machine, TimeSpan limit)
    {
        _machine = machine;
        _limit = new CancellationTokenSource(limit);
        _ = FollowAsync();
    }

    /// <summary>What the CPU drivers reported about themselves; must be nothing.</summary>
    public IReadOnlyList<string> Panics
    {
        get
        {
            lock (_lock)
            {
                return [.. _panics];
            }
        }
    }

    /// <summary>Waits for a case's record and passes or fails the running test by it.</summary>
    public async Task AssertRecordAsync(string name, int core)
    {
        // Without this case's record the instance's end decides: it died on the way.
        var instance = name.Split('.')[0];
        var outcome = await WaitAsync(() =>
            _records.TryGetValue((name, core), out var record) ? record
            : _ends.TryGetValue((instance, core), out var ends)
                ? new TestOutcome("missing", ends[0].Text)
            : null
        );
        switch (outcome)
        {
            case { Outcome: "passed" }:
                await TestContext.Out.WriteLineAsync(outcome.Message);
                break;
            default:
                Assert.Fail(
                    $"{name} on core {core}: {outcome?.Outcome ?? "no record"} {outcome?.Message}{TestMachine.Describe(_machine)}"
                );
                break;
        }
    }

    /// <summary>Waits for an instance's end; fails the running test when it does not come.</summary>
    public async Task<InstanceEnd> EndOfAsync(string name, int core)
    {
        return (await EndsOfAsync(name, core, count: 1))[0];
    }

    /// <summary>Waits for the ends of an instance's first lives; fails the running test when they do not come.</summary>
    public async Task<IReadOnlyList<InstanceEnd>> EndsOfAsync(string name, int core, int count)
    {
        var ends = await WaitAsync(() =>
            _ends.TryGetValue((name, core), out var all) && all.Count >= count
                ? all.Take(count).ToArray()
                : null
        );
        Assert.That(
            ends,
            Is.Not.Null,
            () => $"{name} on core {core} did not end {count} times{TestMachine.Describe(_machine)}"
        );
        return ends!;
    }

    private async Task<T?> WaitAsync<T>(Func<T?> find)
        where T : class
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (find() is { } found)
                {
                    return found;
                }

                if (_isOver)
                {
                    return null;
                }

                changed = _changed.Task;
            }

            await changed;
        }
    }

    private async Task FollowAsync()
    {
        try
        {
            await foreach (var raw in _machine.Serial.LinesAsync(0, _limit.Token))
            {
                Read(ShellSession.RemoveControls(raw));
            }
        }
        catch (OperationCanceledException)
        {
            // The limit: whoever still waits is told below.
        }

        Change(() => _isOver = true);
    }

    private void Read(string line)
    {
        if (SerialLine.IsPanic(line))
        {
            Change(() => _panics.Add(line));
        }
        else if (SerialLine.ParseEnd(line) is { } end)
        {
            Change(() =>
            {
                if (!_ends.TryGetValue((end.Name, end.Core), out var ends))
                {
                    _ends[(end.Name, end.Core)] = ends = [];
                }

                ends.Add(end);
            });
        }
        else if (SerialLine.ParseRecord(line) is { Kind: "test" } record)
        {
            var outcome = TestOutcome.Parse(record, out var name, out var core);
            Change(() => _records.TryAdd((name, core), outcome));
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource signal;
        lock (_lock)
        {
            change();
            (signal, _changed) = (_changed, NewSignal());
        }

        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>How a case in the machine came out.</summary>
internal sealed record TestOutcome(string Outcome, string Message)
{
    /// <summary>Reads a <c>@test</c> record; one that is no JSON fails under its own text.</summary>
    public static TestOutcome Parse(SerialRecord record, out string name, out int core)
    {
        try
        {
            using var json = JsonDocument.Parse(record.Json);
            var root = json.RootElement;
            name = root.GetProperty("name").GetString() ?? "";
            core = root.TryGetProperty("core", out var number)
                ? number.GetInt32()
                : record.Core ?? 0;
            return new(
                root.GetProperty("outcome").GetString() ?? "failed",
                root.TryGetProperty("message", out var message) ? message.GetString() ?? "" : ""
            );
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException)
        {
            (name, core) = (record.Json, record.Core ?? 0);
            return new("failed", failure.Message);
        }
    }
}
