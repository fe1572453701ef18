using System.Collections.Frozen;

namespace Cosmos.Multikernel.XSharp.Semantics;

internal enum RegisterClass
{
    General,
    Segment,
    Control,
    Debug,
}

/// <summary>A register of the CPU.</summary>
/// <param name="Name">As NASM and X# write it, upper case.</param>
/// <param name="Class">What it is for.</param>
/// <param name="Bits">Its width; control and debug registers have the width of the code (0 here).</param>
/// <param name="Number">Its number in the encoding.</param>
internal sealed record Register(string Name, RegisterClass Class, int Bits, int Number)
{
    private static readonly FrozenDictionary<string, Register> All = Make()
        .ToFrozenDictionary(r => r.Name, StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<Register> Everything => All.Values.OrderBy(r => r.Name);

    public bool IsGeneral => Class == RegisterClass.General;

    /// <summary>AH, BH, CH, DH: not reachable in an instruction that has a REX prefix.</summary>
    public bool IsHighByte => Bits == 8 && Name[^1] == 'H';

    /// <summary>Exists only in 64-bit code, because its encoding takes a REX prefix.</summary>
    public bool NeedsRex =>
        IsGeneral && (Number >= 8 || Bits == 64 || (Bits == 8 && Number >= 4 && !IsHighByte));

    /// <summary>Only reachable in 64-bit code.</summary>
    public bool Only64 => NeedsRex || Name == "CR8";

    public bool IsStackPointer => IsGeneral && Number == 4 && Bits > 8;

    /// <summary>The accumulator AL, AX, EAX or RAX.</summary>
    public bool IsAccumulator => IsGeneral && Number == 0;

    public static Register? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>The general register of that number and width.</summary>
    public static Register General(int number, int bits) =>
        All.Values.First(r => r.IsGeneral && r.Number == number && r.Bits == bits && !r.IsHighByte);

    private static IEnumerable<Register> Make()
    {
        string[] old = ["AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI"];
        for (var n = 0; n < 8; n++)
        {
            yield return new(old[n], RegisterClass.General, 16, n);
            yield return new("E" + old[n], RegisterClass.General, 32, n);
            yield return new("R" + old[n], RegisterClass.General, 64, n);
            yield return new(n < 4 ? $"{old[n][0]}L" : old[n] + "L", RegisterClass.General, 8, n);
            if (n < 4)
            {
                yield return new($"{old[n][0]}H", RegisterClass.General, 8, n + 4);
            }
        }
        for (var n = 8; n < 16; n++)
        {
            yield return new($"R{n}", RegisterClass.General, 64, n);
            yield return new($"R{n}D", RegisterClass.General, 32, n);
            yield return new($"R{n}W", RegisterClass.General, 16, n);
            yield return new($"R{n}B", RegisterClass.General, 8, n);
        }
        string[] segments = ["ES", "CS", "SS", "DS", "FS", "GS"];
        for (var n = 0; n < segments.Length; n++)
        {
            yield return new(segments[n], RegisterClass.Segment, 16, n);
        }
        foreach (var n in (int[])[0, 2, 3, 4, 8])
        {
            yield return new($"CR{n}", RegisterClass.Control, 0, n);
        }
        foreach (var n in (int[])[0, 1, 2, 3, 6, 7])
        {
            yield return new($"DR{n}", RegisterClass.Debug, 0, n);
        }
    }
}
