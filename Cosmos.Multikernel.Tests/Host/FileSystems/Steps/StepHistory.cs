namespace Cosmos.Multikernel.Tests.Host.FileSystems.Steps;

/// <summary>Which steps may show, wholly or in part, when the power fails after so many blocks were written.</summary>
/// <param name="before">What is there before the first step, on the medium.</param>
internal sealed class StepHistory(IReadOnlyDictionary<string, ModelEntry> before)
{
    private readonly List<(
        IReadOnlyDictionary<string, ModelEntry> After,
        int Writes,
        bool IsFlush
    )> steps = [(before, -1, true)];

    /// <summary>A step begins.</summary>
    /// <param name="after">What will be there after it.</param>
    /// <param name="writes">How many blocks have been written before it.</param>
    /// <param name="isFlush">Whether all is on the medium after it.</param>
    public void Begin(IReadOnlyDictionary<string, ModelEntry> after, int writes, bool isFlush) =>
        steps.Add((after, writes, isFlush));

    /// <summary>What was there after the last flush that had ended, and after each step that had begun since then.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, ModelEntry>> MomentsAt(int writes)
    {
        int last = steps.FindLastIndex(step => step.Writes < writes);
        // What is written in a flush comes before its end.
        int flush = steps.FindLastIndex(Math.Max(last - 1, 0), step => step.IsFlush);
        return [.. steps[flush..(last + 1)].Select(step => step.After)];
    }
}
