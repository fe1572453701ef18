using System.Collections.Frozen;

namespace Cosmos.Multikernel.XSharp.Semantics;

/// <summary>Kinds of operand that a place in an instruction takes.</summary>
[Flags]
internal enum Kinds
{
    Register = 1,
    Memory = 2,
    Immediate = 4,

    /// <summary>The register CL, as the count of a shift.</summary>
    Count = 8,
    RegisterOrMemory = Register | Memory,
    Any = Register | Memory | Immediate,
}

/// <summary>One operand's place in an instruction.</summary>
/// <param name="Kinds">What may stand there.</param>
/// <param name="Sizes">Widths in bits it may have; none: memory whose size the instruction implies, or any number.</param>
/// <param name="Linked">It has the common size of the instruction's linked operands.</param>
internal sealed record Slot(Kinds Kinds, int[] Sizes, bool Linked);

/// <summary>An instruction that X# writes by its own name.</summary>
/// <param name="Name">As X# writes it, lower case.</param>
/// <param name="Text">As NASM writes it.</param>
/// <param name="Forms">The lists of operands it takes.</param>
internal sealed record Instruction(string Name, string Text, IReadOnlyList<Slot[]> Forms)
{
    /// <summary>Exists in 64-bit code only.</summary>
    public bool Only64 { get; init; }

    /// <summary>Exists in 16- and 32-bit code only.</summary>
    public bool Not64 { get; init; }

    /// <summary>May follow <c>lock</c> when its first operand is memory.</summary>
    public bool Lockable { get; init; }

    /// <summary>A string instruction: may follow <c>rep</c>.</summary>
    public bool Repeatable { get; init; }
}

/// <summary>
/// The instructions that have no spelling of their own in X#. One table: adding a row adds the instruction to
/// the parser, the checks and the emitter at once. Source: Intel SDM volume 2, AMD APM volume 3.
/// </summary>
internal static class Instructions
{
    private static readonly int[] AllSizes = [8, 16, 32, 64];
    private static readonly int[] WideSizes = [16, 32, 64];
    private static readonly int[] LongSizes = [32, 64];

    /// <summary>NASM's condition codes.</summary>
    public static readonly string[] ConditionCodes =
    [
        .. "o no b nae c nb ae nc e z ne nz be na nbe a s ns p pe np po l nge nl ge le ng nle g".Split(
            ' '
        ),
    ];

    private static readonly FrozenDictionary<string, Instruction> All = Make()
        .ToFrozenDictionary(i => i.Name);

    public static IEnumerable<Instruction> Everything => All.Values.OrderBy(i => i.Name);

    public static bool Exists(string mnemonic) => All.ContainsKey(mnemonic);

    public static Instruction Get(string mnemonic) => All[mnemonic];

    private static IEnumerable<Instruction> Make() =>
        Plain()
            .Concat(Strings())
            .Concat(System())
            .Concat(FloatingPoint())
            .Concat(Arithmetic())
            .Concat(Bits())
            .Concat(Atomics())
            .Concat(Moves())
            .Concat(Conditional());

    private static IEnumerable<Instruction> Plain()
    {
        const string names =
            "cli sti hlt nop pause cld std clc stc cmc clac stac lfence mfence sfence wbinvd invd cpuid rdmsr "
            + "wrmsr rdtsc rdtscp rdpmc xgetbv xsetbv sysenter sysexit ud2 int3 monitor mwait clts fninit fnclex "
            + "emms cbw cwde cwd cdq lahf sahf leave xlatb rdpkru wrpkru vmcall vmmcall";
        return names
            .Split(' ')
            .Select(name => new Instruction(
                name,
                name,
                [
                    [],
                ]
            ))
            .Append(
                new(
                    "cdqe",
                    "cdqe",
                    [
                        [],
                    ]
                )
                {
                    Only64 = true,
                }
            )
            .Append(
                new(
                    "cqo",
                    "cqo",
                    [
                        [],
                    ]
                )
                {
                    Only64 = true,
                }
            )
            .Append(
                new(
                    "swapgs",
                    "swapgs",
                    [
                        [],
                    ]
                )
                {
                    Only64 = true,
                }
            )
            .Append(
                new(
                    "syscall",
                    "syscall",
                    [
                        [],
                    ]
                )
                {
                    Only64 = true,
                }
            )
            .Append(
                new(
                    "sysret",
                    "o64 sysret",
                    [
                        [],
                    ]
                )
                {
                    Only64 = true,
                }
            );
    }

    private static IEnumerable<Instruction> Strings()
    {
        foreach (var name in (string[])["movs", "stos", "lods", "cmps", "scas", "ins", "outs"])
        {
            foreach (var size in "bwdq")
            {
                if (size == 'q' && name is ("ins" or "outs"))
                {
                    continue;
                }
                yield return new(
                    name + size,
                    name + size,
                    [
                        [],
                    ]
                )
                {
                    Repeatable = true,
                    Only64 = size == 'q',
                };
            }
        }
    }

    private static IEnumerable<Instruction> System()
    {
        foreach (var name in (string[])["lgdt", "lidt", "sgdt", "sidt", "invlpg"])
        {
            yield return new(
                name,
                name,
                [
                    [Implied()],
                ]
            );
        }
        foreach (var name in (string[])["ltr", "lldt", "lmsw", "verr", "verw"])
        {
            yield return new(
                name,
                name,
                [
                    [new(Kinds.RegisterOrMemory, [16], true)],
                ]
            );
        }
        foreach (var name in (string[])["str", "sldt", "smsw"])
        {
            yield return new(
                name,
                name,
                [
                    [new(Kinds.Register, WideSizes, true)],
                    [new(Kinds.Memory, [16], true)],
                ]
            );
        }
        yield return new(
            "invpcid",
            "invpcid",
            [
                [Register(64), Implied()],
            ]
        )
        {
            Only64 = true,
        };
        foreach (var name in (string[])["rdfsbase", "wrfsbase", "rdgsbase", "wrgsbase"])
        {
            yield return new(
                name,
                name,
                [
                    [Register(LongSizes)],
                ]
            )
            {
                Only64 = true,
            };
        }
        yield return new(
            "rdpid",
            "rdpid",
            [
                [Register(64)],
            ]
        )
        {
            Only64 = true,
        };
        foreach (var name in (string[])["rdrand", "rdseed"])
        {
            yield return new(
                name,
                name,
                [
                    [Register(WideSizes)],
                ]
            );
        }
        const string caches =
            "prefetchnta prefetcht0 prefetcht1 prefetcht2 prefetchw clflush clflushopt clwb";
        foreach (var name in caches.Split(' '))
        {
            yield return new(
                name,
                name,
                [
                    [Implied()],
                ]
            );
        }
    }

    private static IEnumerable<Instruction> FloatingPoint()
    {
        const string areas = "fxsave fxrstor xsave xsaveopt xsavec xsaves xrstor xrstors";
        foreach (var name in areas.Split(' '))
        {
            yield return new(
                name,
                name,
                [
                    [Implied()],
                ]
            );
            yield return new(
                name + "64",
                name + "64",
                [
                    [Implied()],
                ]
            )
            {
                Only64 = true,
            };
        }
        foreach (var name in (string[])["ldmxcsr", "stmxcsr", "fldcw", "fnstcw", "fnstsw"])
        {
            yield return new(
                name,
                name,
                [
                    [Implied()],
                ]
            );
        }
    }

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

    private static Slot Register(params int[] sizes) => new(Kinds.Register, sizes, true);

    private static Slot Target(int[] sizes) => new(Kinds.RegisterOrMemory, sizes, true);

    private static Slot ShiftCount() => new(Kinds.Immediate | Kinds.Count, [8], false);

    private static Slot Implied() => new(Kinds.Memory, [], false);
}
