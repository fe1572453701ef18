namespace Cosmos.Multikernel.XSharp.Semantics;

/// <summary>Arithmetic, bits, atomics, moves, conditional instructions.</summary>
internal static partial class Instructions
{
    private static IEnumerable<Instruction> Arithmetic()
    {
        foreach (var name in (string[])["mul", "div", "idiv", "neg", "not", "inc", "dec"])
        {
            yield return new(
                name,
                name,
                [
                    [Target(AllSizes)],
                ]
            )
            {
                Lockable = name is "neg" or "not" or "inc" or "dec",
            };
        }
        const string twoOperands = "adc sbb add sub and or xor cmp test";
        foreach (var name in twoOperands.Split(' '))
        {
            yield return new(
                name,
                name,
                [
                    [Target(AllSizes), new(Kinds.Any, AllSizes, true)],
                ]
            )
            {
                Lockable = name is not ("cmp" or "test"),
            };
        }
        yield return new(
            "imul",
            "imul",
            [
                [Target(AllSizes)],
                [Register(WideSizes), new(Kinds.Any, WideSizes, true)],
                [Register(WideSizes), Target(WideSizes), new(Kinds.Immediate, WideSizes, true)],
            ]
        );
        const string shifts = "shl shr sar rol ror rcl rcr";
        foreach (var name in shifts.Split(' '))
        {
            yield return new(
                name,
                name,
                [
                    [Target(AllSizes), ShiftCount()],
                ]
            );
        }
        foreach (var name in (string[])["shld", "shrd"])
        {
            yield return new(
                name,
                name,
                [
                    [Target(WideSizes), Register(WideSizes), ShiftCount()],
                ]
            );
        }
        yield return new(
            "bswap",
            "bswap",
            [
                [Register(LongSizes)],
            ]
        );
    }

    private static IEnumerable<Instruction> Bits()
    {
        foreach (var name in (string[])["bt", "bts", "btr", "btc"])
        {
            yield return new(
                name,
                name,
                [
                    [Target(WideSizes), Register(WideSizes)],
                    [Target(WideSizes), new(Kinds.Immediate, [8], false)],
                ]
            )
            {
                Lockable = name != "bt",
            };
        }
        foreach (var name in (string[])["bsf", "bsr", "tzcnt", "lzcnt", "popcnt"])
        {
            yield return new(
                name,
                name,
                [
                    [Register(WideSizes), Target(WideSizes)],
                ]
            );
        }
    }

    private static IEnumerable<Instruction> Atomics()
    {
        foreach (var name in (string[])["xadd", "cmpxchg", "xchg"])
        {
            yield return new(
                name,
                name,
                [
                    [Target(AllSizes), Register(AllSizes)],
                ]
            )
            {
                Lockable = true,
            };
        }
        yield return new(
            "cmpxchg8b",
            "cmpxchg8b",
            [
                [Implied()],
            ]
        )
        {
            Lockable = true,
        };
        yield return new(
            "cmpxchg16b",
            "cmpxchg16b",
            [
                [Implied()],
            ]
        )
        {
            Lockable = true,
            Only64 = true,
        };
    }

    private static IEnumerable<Instruction> Moves()
    {
        foreach (var name in (string[])["movzx", "movsx"])
        {
            yield return new(
                name,
                name,
                [
                    [Register(WideSizes), new(Kinds.RegisterOrMemory, [8, 16], false)],
                ]
            );
        }
        yield return new(
            "movsxd",
            "movsxd",
            [
                [Register(64), new(Kinds.RegisterOrMemory, [32], false)],
            ]
        )
        {
            Only64 = true,
        };
        yield return new(
            "movnti",
            "movnti",
            [
                [new(Kinds.Memory, LongSizes, true), Register(LongSizes)],
            ]
        );
        yield return new(
            "movbe",
            "movbe",
            [
                [Register(WideSizes), new(Kinds.Memory, WideSizes, true)],
                [new(Kinds.Memory, WideSizes, true), Register(WideSizes)],
            ]
        );
        yield return new(
            "lea",
            "lea",
            [
                [Register(WideSizes), Implied()],
            ]
        );
    }

    private static IEnumerable<Instruction> Conditional()
    {
        foreach (var code in ConditionCodes)
        {
            yield return new(
                "set" + code,
                "set" + code,
                [
                    [Target([8])],
                ]
            );
            yield return new(
                "cmov" + code,
                "cmov" + code,
                [
                    [Register(WideSizes), Target(WideSizes)],
                ]
            );
        }
    }
}
