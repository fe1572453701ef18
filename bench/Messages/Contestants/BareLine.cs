using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Cosmos.Multikernel.Bench.Messages.Contestants;

/// <summary>The physical limit: one 64-byte line, 8 bytes of which two cores write in turn.</summary>
internal sealed unsafe class BareLine() : Contestant("bare shared line", 8, "physical limit")
{
    private readonly ulong* line = Allocate();
    private ulong asked;
    private ulong answered;

    public override void Answer(int trips) => answered = Answer(line, answered, trips);

    public override void Ask(int trips) => asked = Ask(line, asked, trips);

    public override void Dispose() => NativeMemory.AlignedFree(line);

    private static ulong Answer(ulong* line, ulong next, int trips)
    {
        for (; trips != 0; trips--, next++)
        {
            while (Volatile.Read(ref *line) != (2 * next) + 1)
            {
                X86Base.Pause();
            }
            Volatile.Write(ref *line, (2 * next) + 2);
        }
        return next;
    }

    private static ulong Ask(ulong* line, ulong next, int trips)
    {
        for (; trips != 0; trips--, next++)
        {
            Volatile.Write(ref *line, (2 * next) + 1);
            while (Volatile.Read(ref *line) != (2 * next) + 2)
            {
                X86Base.Pause();
            }
        }
        return next;
    }

    private static ulong* Allocate()
    {
        ulong* line = (ulong*)NativeMemory.AlignedAlloc(64, 64);
        *line = 0;
        return line;
    }
}
