using Cosmos.Multikernel.XSharp;
using Iced.Intel;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>What is larger than a statement: functions, data, repetition, structures, files.</summary>
public sealed class FileTests
{
    private static CompileResult Compile(string source, SourceReader? read = null)
    {
        var result = Compiler.Compile(
            source,
            "t.xs",
            new CompileOptions { Read = read, CSharpNamespace = "Shared" }
        );
        Assert.That(result.Diagnostics, Is.Empty, string.Join('\n', result.Diagnostics));
        return result;
    }

    private static string Assembly(string source, SourceReader? read = null) =>
        Compile(source, read).Assembly!;

    [Test]
    public void ExampleOfCosmosCompilesAsInCosmos()
    {
        var assembly = Assembly(
            """
            namespace DebugStub
            const Vs2Ds_Noop = 0
            function ProcessCommand {
                if AL = #Vs2Ds_Noop return
            }
            """
        );
        Assert.That(
            assembly,
            Does.Contain(
                """
                DebugStub_ProcessCommand:
                    cmp AL, DebugStub_Const_Vs2Ds_Noop
                    JE near DebugStub_ProcessCommand_Exit
                DebugStub_ProcessCommand_Exit:
                    ret

                """
            )
        );
        Assert.That(assembly, Does.Contain("global DebugStub_ProcessCommand:function\n"));
    }

    [Test]
    public void InterruptSavesAllAndReturns() =>
        Assert.That(
            Assembly("namespace X\ninterrupt I {\nnop\nreturn\n}"),
            Does.Contain(
                "X_I:\n    pushad\n    nop\n    jmp X_I_Exit\nX_I_Exit:\n    popad\n    iretd\n"
            )
        );

    [Test]
    public void OwnExitLabelTakesThePlaceOfTheAutomaticOne() =>
        Assert.That(
            Assembly("namespace X\nfunction F {\nreturn\nExit:\n-EAX\n}"),
            Does.Contain("X_F:\n    jmp X_F_Exit\nX_F_Exit:\n    pop EAX\n    ret\n")
        );

    [Test]
    public void NakedFunctionHasNothingOfItsOwn() =>
        Assert.That(
            Assembly("namespace X\nnaked function F {\nhlt\n}\nfunction G { }"),
            Does.Contain("align 16\nX_F:\n    hlt\nalign 16\nX_G:\n")
        );

    [TestCase("var V", "section .bss\nalignb 4\nX_V:\n    resd 1\n")]
    [TestCase("var V = 1", "section .data\nalign 4, db 0\nX_V:\n    dd 1\n")]
    [TestCase("var V word = 1", "align 2, db 0\nX_V:\n    dw 1\n")]
    [TestCase("var V = 'text'", "section .data\nX_V:\n    db 'text', 0\n")]
    [TestCase("var V byte[9]", "section .bss\nX_V:\n    resb 9\n")]
    [TestCase("var V byte[5] = 1, 2", "X_V:\n    db 1, 2\n    times 3 db 0\n")]
    [TestCase("var V qword[4] align 64", "alignb 64\nX_V:\n    resq 4\n")]
    [TestCase("section .data\nvar V", "align 4, db 0\nX_V:\n    dd 0\n")]
    [TestCase("data byte 1, 'it''s', $FF", "    db 1, 'it', 39, 's', 0xFF\n")]
    [TestCase("data word[3] 7", "    times 3 dw 7\n")]
    [TestCase("L: data qword @.L, 5", "X_L:\n    dq X_L, 5\n")]
    [TestCase(
        "section .boot exec align 4096",
        "section .boot progbits alloc exec nowrite align=4096\n"
    )]
    [TestCase("section .pages write nobits", "section .pages nobits alloc noexec write align=8\n")]
    [TestCase("extern memcpy\ncall memcpy", "extern $memcpy\n")]
    public void Declaration(string source, string expected) =>
        Assert.That(Assembly("namespace X\n" + source), Does.Contain(expected));

    [Test]
    public void ExternThatIsNotUsedIsNotWritten() =>
        Assert.That(Assembly("extern Unused_Symbol\nnop"), Does.Not.Contain("Unused_Symbol"));

    [Test]
    public void InterruptStubsPushAnErrorCodeWhereTheCpuDoesNot()
    {
        var assembly = Assembly(
            """
            namespace T
            bits 64
            repeat 256 times as N { data dword @.Stub#N }
            repeat 256 times as N {
                align 16
                Stub#N:
                if #N = 8 or #N >= 10 and #N <= 14 { +#N } else {
                    +0
                    +#N
                }
                goto Common
            }
            Common: IRet
            """
        );
        var image = Assembled.Assemble(assembly);
        for (var n = 0; n < 256; n++)
        {
            var at = BitConverter.ToInt32(image, n * 4);
            Assert.That(at % 16, Is.Zero);
            var decoder = Decoder.Create(64, new ByteArrayCodeReader(image, at, image.Length - at));
            var first = decoder.Decode();
            if (n is not (8 or >= 10 and <= 14))
            {
                Assert.That(first.Immediate32, Is.Zero, $"stub {n}");
                first = decoder.Decode();
            }
            Assert.That(first.Immediate32, Is.EqualTo((uint)n), $"stub {n}");
            Assert.That(decoder.Decode().Mnemonic, Is.EqualTo(Mnemonic.Jmp), $"stub {n}");
        }
    }

    [Test]
    public void SharedDeclarationsBecomeCSharp()
    {
        var result = Compile(
            """
            namespace Traps
            shared const Vectors = 256
            shared const Base = $FFFF_FFFF_8000_0000
            const Own = 1
            shared struct Frame {
                R15 qword
                Area byte[16]
                Rip qword at 120
                Low dword at 4
            }
            data dword #Frame.R15, #Frame.Area, #Frame.Rip, #Frame.Low, #Frame.Size
            """
        );
        Assert.That(
            Assembled.Assemble(result.Assembly!),
            Is.EqualTo(new[] { 0, 8, 120, 4, 128 }.SelectMany(BitConverter.GetBytes))
        );
        Assert.That(result.CSharp, Does.Contain("namespace Shared;"));
        Assert.That(result.CSharp, Does.Contain("LayoutKind.Explicit, Size = 128)]"));
        Assert.That(result.CSharp, Does.Contain("FieldOffset(120)]\n    public ulong Rip;"));
        Assert.That(
            result.CSharp,
            Does.Contain("FieldOffset(8)]\n    public fixed byte Area[16];")
        );
        Assert.That(result.CSharp, Does.Contain("static partial class TrapsConstants"));
        Assert.That(result.CSharp, Does.Contain("public const int Vectors = 256;"));
        Assert.That(result.CSharp, Does.Contain("public const ulong Base = 18446744071562067968;"));
        Assert.That(result.CSharp, Does.Not.Contain("Own"));
    }

    [Test]
    public void GeneratedCSharpCompiles()
    {
        var csharp = Compile(
            """
            namespace T
            shared const Top = $FFFF_FFFF_FFFF_FFFF
            shared const Low = -5
            shared struct frame {
                R15 qword
                class byte
                Area dword[3]
            }
            """
        ).CSharp!;
        var compilation = CSharpCompilation.Create(
            "shared",
            [CSharpSyntaxTree.ParseText(csharp)],
            [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)
        );
        Assert.That(compilation.GetDiagnostics(), Is.Empty);
    }

    [Test]
    public void LineDirectivesNameTheSource() =>
        Assert.That(
            Compiler
                .Compile(
                    "namespace X\n\nnop\nnop",
                    "a/t.xs",
                    new CompileOptions { LineDirectives = true }
                )
                .Assembly,
            Does.Contain("%line 3+0 a/t.xs\n    nop\n%line 4+0 a/t.xs\n    nop\n")
        );

    [Test]
    public void LabelInsideAFunctionIsReachedInTheSameFileOnly()
    {
        const string other = "namespace O\nnaked function F {\nL: hlt\n}\n";
        Assert.That(Assembly(other + "goto F.L"), Does.Contain("jmp O_F_L\n"));
        var result = Compiler.Compile(
            "use 'o.xs'\ngoto O.F.L",
            "t.xs",
            new CompileOptions { Read = _ => other }
        );
        Assert.That(result.Diagnostics, Has.Count.EqualTo(1));
    }

    [Test]
    public void AnErrorInAUsedFileDoesNotPassUnseen()
    {
        var result = Compiler.Compile(
            "use 'u.xs'\nEAX = #A\nEBX = #B",
            "t.xs",
            new CompileOptions { Read = _ => "const A = 1 / 0\nconst B = = 1" }
        );
        Assert.That(result.Diagnostics, Has.Count.EqualTo(2));
    }

    [Test]
    public void NothingSharedIsNoCSharp() => Assert.That(Compile("nop").CSharp, Is.Null);

    [Test]
    public void UsedFileGivesItsDeclarationsAndNoCode()
    {
        var assembly = Assembly(
            "use 'lib/Other.xs'\nnamespace T\nEAX = #Other.C\nOther.F()\nECX = .Other.V\n",
            path =>
                path.Replace('\\', '/') == "lib/Other.xs"
                    ? "namespace Other\nuse 'More.xs'\nconst C = #More.D + 1\nfunction F { hlt }\nvar V\nvar Unused"
                : path.Replace('\\', '/') == "lib/More.xs" ? "namespace More\nconst D = 41"
                : null
        );
        Assert.That(assembly, Does.Contain("%define Other_Const_C 42\n"));
        Assert.That(assembly, Does.Contain("extern Other_F\nextern Other_V\n"));
        Assert.That(assembly, Does.Contain("    call Other_F\n"));
        Assert.That(assembly, Does.Not.Contain("hlt").And.Not.Contain("Unused"));
    }

    [Test]
    public void OutputIsTheSameEveryTime()
    {
        var again = Assembly(Forms.Prelude);
        Assert.That(again, Is.EqualTo(Assembly(Forms.Prelude)));
    }

    /// <summary>The rule of the house: no raw assembly in our own sources, and all of them compile.</summary>
    [Test]
    public void OwnSourcesCompileAndHaveNoRawAssembly()
    {
        var root = Repository.Root;
        var sources = Directory
            .EnumerateFiles(root, "*.xs", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(root, f).StartsWith("artifacts"))
            .ToList();
        Assert.Multiple(() =>
        {
            foreach (var file in sources)
            {
                var source = File.ReadAllText(file);
                Assert.That(
                    source.Split('\n').Any(line => line.TrimStart().StartsWith('!')),
                    Is.False,
                    $"{file} has a raw line"
                );
                Assert.That(Compiler.Compile(source, file).Diagnostics, Is.Empty);
            }
        });
    }
}
