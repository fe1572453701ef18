using Cosmos.Multikernel.Tests.Instances.Disks;
using FsCheck;
using FsCheck.Fluent;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Steps;

/// <summary>Steps that FsCheck chooses.</summary>
internal static class RandomSteps
{
    private static readonly string[] Names =
    [
        "a",
        "File With A Long Name Of Its Own.text",
        "UPPER.TXT",
        "x.y.z",
        "ünïcödé",
    ];

    private static readonly string[] Directories =
    [
        "",
        "/d1",
        "/Second Directory",
        "/d1/inner",
        // What a file may be called as well.
        "/a",
    ];

    private static Gen<string> Name =>
        from directory in Gen.Elements(Directories)
        from name in Gen.Elements(Names)
        select $"{directory}/{name}";

    private static Gen<string> Directory => Gen.Elements(Directories[1..]);

    private static Gen<FileStep> Step =>
        from act in Gen.Frequency(
            (6, Gen.Constant(FileAct.Create)),
            (5, Gen.Constant(FileAct.Write)),
            (6, Gen.Constant(FileAct.Append)),
            (4, Gen.Constant(FileAct.SetLength)),
            (5, Gen.Constant(FileAct.Move)),
            (2, Gen.Constant(FileAct.Remove)),
            (4, Gen.Constant(FileAct.MakeDirectory)),
            (1, Gen.Constant(FileAct.RemoveDirectory)),
            (2, Gen.Constant(FileAct.List)),
            (3, Gen.Constant(FileAct.Read)),
            (2, Gen.Constant(FileAct.Flush))
        )
        // Files are where directories are expected, and directories where files are.
        from path in act is FileAct.MakeDirectory or FileAct.RemoveDirectory or FileAct.List
            ? Gen.Frequency((8, Directory), (1, Name))
            : Gen.Frequency((8, Name), (1, Directory))
        from other in Gen.Frequency((8, Name), (1, Directory))
        from offset in Gen.OneOf(Gen.Choose(0, 3000), Gen.Choose(0, 20_000))
        from size in Gen.OneOf(Gen.Choose(0, 3000), Gen.Choose(0, 20_000))
        select new FileStep(0, act, path, other, offset, size);

    /// <summary>So many steps, for a property.</summary>
    public static Gen<FileStep[]> Some(int count) =>
        Step.ArrayOf(count)
            .Select(steps =>
                steps.Select((step, number) => step with { Number = number }).ToArray()
            );

    /// <summary>So many steps, the same ones for the same seed.</summary>
    public static IReadOnlyList<FileStep> Of(ulong seed, int count) =>
        Some(count).Sample(1, new Rnd(seed), count).Single();
}
