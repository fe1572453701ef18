using System.Diagnostics;
using Cosmos.Multikernel.Services;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Terminal;

/// <summary>
/// The console driver dies and comes back. Its new life draws the text that was there (the fixture looks), and does not answer the
/// questions in it: they would be keys that nobody pressed.
/// </summary>
internal static class DriverDeath
{
    private const int Row = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<string> OutliveAsync()
    {
        EventLoop.Instance.RunInBackground();
        await EventLoop.Instance.InvokeAsync(async () =>
        {
            using var client = await InstanceClient.ConnectAsync(Core.Current, "console", Patience);
            await client.CrashAsync(CrashKind.Exit, Patience);
        });
        var begin = Stopwatch.GetTimestamp();
        do
        {
            Expect.That(Stopwatch.GetElapsedTime(begin) < Patience);
            Console.SetCursorPosition(0, Row);
        } while (Console.GetCursorPosition() != (0, Row));
        Thread.Sleep(300);
        Expect.That(!Console.KeyAvailable);
        return "";
    }
}
