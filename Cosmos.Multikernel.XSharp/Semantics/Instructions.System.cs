namespace Cosmos.Multikernel.XSharp.Semantics;

/// <summary>Instructions without operands, string, system and FP state instructions.</summary>
internal static partial class Instructions
{
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
}
