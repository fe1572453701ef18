using System.Globalization;
using System.Text;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Tracing;

/// <summary>
/// The machine's trace: every instance's and every CPU driver's recording, collected by messages and written to the console,
/// where <c>run --trace</c> finds it.
/// </summary>
/// <remarks>
/// On the console it travels in operating-system commands (OSC, ECMA-48 section 8.3.89), which terminals do not show: one
/// that begins, one for each recording's beginning, its bytes in base64 piece by piece, one that ends. A piece is one write
/// and short enough for the CPU drivers to carry it in one record, so no other instance's line can come in between.
/// </remarks>
public static class Trace
{
    private const int PieceBytes = 360;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether this machine records.</summary>
    public static bool IsOn => EventLoop.Instance.Trace is not null;

    /// <summary>Collects all recordings and writes them to this instance's console. On the event loop only.</summary>
    /// <returns>The instances whose recording could not be had, and why.</returns>
    /// <exception cref="InvalidOperationException">The machine does not record.</exception>
    public static async Task<IReadOnlyList<string>> WriteToConsoleAsync()
    {
        TraceBuffer own =
            EventLoop.Current.Trace
            ?? throw new InvalidOperationException("This machine does not record a trace.");
        List<string> missing = [];
        HashSet<int> coresHad = [];
        using Stream console = Console.OpenStandardOutput();
        WriteMark(console, "begin");
        foreach (
            DeclaredInstance instance in Machine.DeclaredInstances.Where(instance =>
                instance.Core < Core.Count
            )
        )
        {
            try
            {
                bool withCore = !coresHad.Contains(instance.Core);
                byte[] recording =
                    instance.Core == Core.Current && instance.Name == Instance.Name
                        ? own.Record(withCore).ToBytes()
                        : await TraceService.FetchAsync(
                            instance.Core,
                            instance.Name,
                            withCore,
                            Patience
                        );
                coresHad.Add(instance.Core);
                Write(console, recording);
            }
            catch (Exception exception) when (exception is ChannelException or TimeoutException)
            {
                missing.Add($"{instance.Name} on core {instance.Core}: {exception.Message}");
            }
        }
        WriteMark(console, "end");
        return missing;
    }

    private static void Write(Stream console, byte[] recording)
    {
        WriteMark(
            console,
            string.Create(CultureInfo.InvariantCulture, $"recording;{recording.Length}")
        );
        for (int at = 0; at < recording.Length; at += PieceBytes)
        {
            int length = Math.Min(PieceBytes, recording.Length - at);
            WriteMark(console, "piece;" + Convert.ToBase64String(recording, at, length));
        }
    }

    private static void WriteMark(Stream console, string text) =>
        console.Write(Encoding.ASCII.GetBytes($"\e]8421;{text}\a"));
}
