using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Monitors;

namespace Shell.Commands;

/// <summary>All instances as the monitors see them, then each start and end as it happens.</summary>
internal static class WatchCommand
{
    private const int MostSeconds = 86_400;

    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(0, 1, "watch [SECONDS]");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        if (context.Arguments is [var text])
        {
            if (!int.TryParse(text, out var seconds) || seconds is < 1 or > MostSeconds)
            {
                throw new CommandException(
                    $"'{text}' is no number of seconds (1 to {MostSeconds})",
                    CommandException.Usage
                );
            }

            limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        }

        try
        {
            await foreach (var news in Machine.WatchInstancesAsync(limit.Token))
            {
                Console.Out.Write(
                    $"core {news.Core, -3} {news.Instance, -12}  {Describe(news)}{LifeOf(news)}\n"
                );
            }
        }
        catch (OperationCanceledException) when (!interrupt.IsCancellationRequested)
        {
            // The seconds are over.
        }
        catch (Exception exception)
            when (exception is ChannelException or InvalidOperationException)
        {
            throw new CommandException(exception.Message);
        }
    }

    private static string LifeOf(InstanceEvent news) =>
        news.Life == 0 ? "" : $", life {news.Life + 1}";

    private static string Describe(InstanceEvent news) =>
        news.Condition switch
        {
            InstanceCondition.Running => "runs",
            InstanceCondition.Left => "has left the machine's messages",
            _ => (news.WaitStatus & 0x7f) == 0
                ? $"has ended: status {(news.WaitStatus >> 8) & 0xff}"
                : $"has ended: signal {news.WaitStatus & 0x7f}",
        };
}
