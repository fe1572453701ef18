using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Cosmos.Multikernel.Bench.Messages.Contestants;

/// <summary>
/// The physical limits: 8 bytes of a 64-byte line that two cores write in turn, or of two lines with one writer each, as a
/// ring has them.
/// </summary>
/// <remarks>
/// One line may cross over once each way: processors hand a line that was read and then written over to the next reader as
/// its owner. A line that one core only reads and the other only writes crosses over twice for a message: the writer takes it
/// back, the reader fetches it.
/// </remarks>
internal sealed unsafe class BareLine : Contestant
{
    private readonly ulong* there;
    private readonly ulong* back;
    private ulong asked;
    private ulong answered;

    private BareLine(string name, string peer, int lines)
        : base(name, 8, peer)
    {
        there = (ulong*)NativeMemory.AlignedAlloc((nuint)(64 * lines), 64);
        NativeMemory.Clear(there, (nuint)(64 * lines));
        back = there + (8 * (lines - 1));
    }

    /// <summary>One line for both directions.</summary>
    public static BareLine Shared() => new("bare shared line", "physical limit", 1);

    /// <summary>A line for each direction.</summary>
    public static BareLine Pair() =>
        new("bare lines with one writer", "physical limit of a ring", 2);

    public override void Answer(int trips) => answered = Answer(there, back, answered, trips);

    public override void Ask(int trips) => asked = Ask(there, back, asked, trips);

    public override void Dispose() => NativeMemory.AlignedFree(there);

    private static ulong Answer(ulong* there, ulong* back, ulong next, int trips)
    {
        for (; trips != 0; trips--, next++)
        {
            while (Volatile.Read(ref *there) != (2 * next) + 1)
            {
                X86Base.Pause();
            }
            Volatile.Write(ref *back, (2 * next) + 2);
        }
        return next;
    }

    private static ulong Ask(ulong* there, ulong* back, ulong next, int trips)
    {
        for (; trips != 0; trips--, next++)
        {
            Volatile.Write(ref *there, (2 * next) + 1);
            while (Volatile.Read(ref *back) != (2 * next) + 2)
            {
                X86Base.Pause();
            }
        }
        return next;
    }
}
