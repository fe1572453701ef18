using Cosmos.Multikernel.Drivers.Registers;
using Cosmos.Multikernel.Generators.DeviceRegisters;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Registers;

/// <summary>What the generator of register accesses makes, and what it refuses.</summary>
[TestFixture]
public sealed class DeviceRegistersTests
{
    [Test]
    public void EachAccessIsOneOfItsWidth()
    {
        PretendWindow window = new(64);
        PretendRegisters registers = new(window, 16);
        registers.Control = 0x11223344;
        registers.Mode = PretendMode.Fast;
        registers.Doorbell = 7;
        registers.Queue = 0x1122334455667788;
        Assert.That(registers.Queue, Is.EqualTo(0x1122334455667788));
        Assert.That(registers.Mode, Is.EqualTo(PretendMode.Fast));
        Assert.That(registers.Status, Is.EqualTo(7));
        Assert.That(
            window.Accesses,
            Is.EqualTo(
                new[]
                {
                    "w32 0x10=0x11223344",
                    "w8 0x14=0x3",
                    "w16 0x16=0x7",
                    "w64 0x18=0x1122334455667788",
                    "r64 0x18",
                    "r8 0x14",
                    "r16 0x16",
                }
            )
        );
    }

    [TestCase("[Register(0)] public partial int A { get; }", "CMK0303")]
    [TestCase("[Register(0)] public partial nint A { get; }", "CMK0303")]
    [TestCase("[Register(2)] public partial uint A { get; }", "CMK0304")]
    [TestCase("[Register(-4)] public partial uint A { get; }", "CMK0304")]
    [TestCase("[Register(0)] public uint A { get; set; }", "CMK0302")]
    [TestCase("[Register(0)] public static partial uint A { get; }", "CMK0302")]
    [TestCase(
        "[Register(0)] public partial uint A { get; } [Register(2)] public partial ushort B { get; }",
        "CMK0305"
    )]
    [TestCase(
        "[Register(0)] public partial uint A { set; } [Register(3)] public partial byte B { get; set; }",
        "CMK0305"
    )]
    public void WhatIsNoRegisterIsAnErrorWithAnId(string members, string id) =>
        Assert.That(
            Problems($"public sealed partial class Test {{ {members} }}"),
            Does.Contain(id)
        );

    [TestCase("public partial class Test { }")]
    [TestCase("public sealed partial class Test<T> { }")]
    [TestCase("public sealed partial class Test : Exception { }")]
    public void OtherClassesAreRefused(string declaration) =>
        Assert.That(Problems(declaration), Does.Contain("CMK0301"));

    [Test]
    public void OnePlaceMayBeReadAndWrittenAsTwoRegisters() =>
        Assert.That(
            Problems(
                "public sealed partial class Test { [Register(7)] public partial byte Status { get; } [Register(7)] public partial byte Command { set; } }"
            ),
            Is.Empty
        );

    private static string[] Problems(string declaration)
    {
        MetadataReference[] references =
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Select(path => MetadataReference.CreateFromFile(path)),
        ];
        Compilation compilation = CSharpCompilation.Create(
            "test",
            [
                CSharpSyntaxTree.ParseText(
                    "using System; using Cosmos.Multikernel.Drivers.Registers; [DeviceRegisters(\"here\")] "
                        + declaration
                ),
            ],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        CSharpGeneratorDriver
            .Create(new DeviceRegistersGenerator())
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out var found);
        IEnumerable<Diagnostic> all = found.IsEmpty
            ? output.GetDiagnostics().Where(problem => problem.Severity == DiagnosticSeverity.Error)
            : found;
        return [.. all.Select(problem => problem.Id)];
    }
}

internal enum PretendMode : byte
{
    Slow = 1,
    Fast = 3,
}

[DeviceRegisters("this file")]
internal sealed partial class PretendRegisters
{
    [Register(0)]
    public partial uint Control { get; set; }

    [Register(4)]
    public partial PretendMode Mode { get; set; }

    [Register(6)]
    public partial ushort Status { get; }

    [Register(6)]
    public partial ushort Doorbell { set; }

    [Register(8)]
    public partial ulong Queue { get; set; }
}
