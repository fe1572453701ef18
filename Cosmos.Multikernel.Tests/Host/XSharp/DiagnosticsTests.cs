using Cosmos.Multikernel.Tests.Host.Tools;
using Cosmos.Multikernel.XSharp;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>Errors: where they are, what they say, and that all of them are reported.</summary>
public sealed class DiagnosticsTests
{
    [TestCase(
        "EAX = ",
        1,
        7,
        "expected a number, a constant (#C) or an address (@.V), found the end of the line"
    )]
    [TestCase(
        "EAX = #Nothing",
        1,
        8,
        "no constant, structure field or counter is called 'Nothing'"
    )]
    [TestCase("EAX = .Nothing", 1, 8, "'Nothing' is declared neither in this file")]
    [TestCase("goto Nowhere", 1, 6, "'Nowhere' is declared neither in this file")]
    [TestCase("EAX = Nothing", 1, 7, "needs a sign in front")]
    [TestCase("AL = 256", 1, 6, "256 does not fit in 8 bits")]
    [TestCase("AL = EBX", 1, 6, "sizes differ")]
    [TestCase("EAX + BX", 1, 7, "sizes differ: EAX has 32 bits, BX 16")]
    [TestCase("[EDI] = 1", 1, 1, "nothing says the size")]
    [TestCase("[EDI] = [ESI]", 1, 1, "go through a register")]
    [TestCase("RAX = 1", 1, 1, "RAX exists only in 64-bit code")]
    [TestCase("swapgs", 1, 1, "only in 64-bit code")]
    [TestCase("EAX = [EBX*3]", 1, 11, "scaled by 1, 2, 4 or 8")]
    [TestCase("EAX << 32", 1, 8, "the count of a shift is 0 to 31")]
    [TestCase("EAX << BL", 1, 8, "expected a number or CL")]
    [TestCase("EBX /= ECX", 1, 1, "divides AX, EAX or RAX only")]
    [TestCase("EAX /= EDX", 1, 8, "EDX is cleared")]
    [TestCase("CS = AX", 1, 1, "far jump or far return")]
    [TestCase("DS = 5", 1, 6, "16-bit register")]
    [TestCase("CR0 = AX", 1, 7, "32-bit register")]
    [TestCase("Port[DX] = BL", 1, 12, "expected AL, AX or EAX")]
    [TestCase("lock EAX + 1", 1, 1, "lock stands before")]
    [TestCase("rep cmpsb", 1, 1, "repe and repne before cmps")]
    [TestCase("frobnicate EAX", 1, 1, "neither a statement nor an instruction")]
    [TestCase("bts EAX", 1, 1, "bts takes register or memory, register")]
    [TestCase("return", 1, 1, "return stands in a function")]
    [TestCase("naked function F { return }", 1, 20, "a naked function has no Exit")]
    [TestCase("break", 1, 1, "break stands in while or loop")]
    [TestCase("function F {", 1, 12, "this { has no }")]
    [TestCase("}", 1, 1, "this } closes nothing")]
    [TestCase("function F { const A = 1 }", 1, 14, "const stands outside all braces")]
    [TestCase("bits 48", 1, 6, "expected 16, 32 or 64")]
    [TestCase("align 3", 1, 7, "a power of two")]
    [TestCase("var V = 'abc", 1, 9, "this text has no end")]
    [TestCase("const A = #B\nconst B = #A", 1, 11, "defined by itself")]
    [TestCase("const A = 1 / 0", 1, 13, "division by zero")]
    [TestCase("const A = $1_0000_0000_0000_0000", 1, 11, "does not fit in 64 bits")]
    [TestCase("L:\nL:", 2, 1, "declared already in t.xs, line 1")]
    [TestCase("use 'Missing.xs'", 1, 1, "cannot be read")]
    [TestCase("repeat 1000000 times { nop }", 1, 8, "the number of repetitions is 0 to 200000")]
    [TestCase("section .bss\nnop", 2, 1, "takes space only")]
    [TestCase("bits 64\nR8 = AH", 2, 6, "sizes differ|cannot stand in one instruction")]
    [TestCase("bits 64\nRAX & $FFFF_FFFF", 2, 7, "extends 32 bits to 64")]
    [TestCase("bits 64\n+EAX", 2, 2, "pushes and pops 16 or 64 bits, not 32")]
    [TestCase("bits 64\ngoto $08:L\nL:", 2, 1, "no direct far jump")]
    [TestCase("extern E\nbits 64\norg $8000\ncall E", 4, 6, "code that org moves")]
    [TestCase("function F { if 1 = EAX return }", 1, 17, "left of a comparison")]
    [TestCase("EAX = 1 2", 1, 9, "expected the end of the statement, found '2'")]
    [TestCase(
        "EAX = 1 \u00A7",
        1,
        9,
        "expected a word, a number, a text or a sign, found '\u00A7'"
    )]
    [TestCase("EAX = 1 \U0001F600", 1, 9, "found '\U0001F600'")]
    [TestCase("EAX = 1 \u0001", 1, 9, "found the character U+0001")]
    [TestCase("function F { Block1_End: nop }", 1, 14, "kept for the labels of blocks")]
    public void ErrorNamesPlaceAndExpectation(string source, int line, int column, string message)
    {
        var result = Compiler.Compile(source, "t.xs");
        Assert.That(result.Assembly, Is.Null);
        Assert.That(
            result.Diagnostics.Select(d => (d.Position.Line, d.Position.Column)),
            Does.Contain((line, column)),
            string.Join('\n', result.Diagnostics)
        );
        Assert.That(
            message.Split('|').Any(m => result.Diagnostics.Any(d => d.Message.Contains(m))),
            string.Join('\n', result.Diagnostics)
        );
    }

    [Test]
    public void AllErrorsOfAFileAreReported()
    {
        var result = Compiler.Compile(
            """
            namespace T
            const = 5
            function F {
                EAX = #Missing
                if EAX + 1 {
                    AL = 300
                }
                EBX = 1
                [EDI] = 5
            }
            frobnicate
            """,
            "t.xs"
        );
        Assert.That(
            result.Diagnostics.Select(d => d.Position.Line),
            Is.EqualTo(new[] { 2, 4, 5, 6, 9, 11 }),
            string.Join('\n', result.Diagnostics)
        );
    }

    [Test]
    public void ABrokenDeclarationIsOneError()
    {
        var result = Compiler.Compile("const A = = 5\nEAX = #A\nEBX = #A", "t.xs");
        Assert.That(result.Diagnostics, Has.Count.EqualTo(1));
    }

    [Test]
    public void ARepeatedBodyReportsAnErrorOnce()
    {
        var result = Compiler.Compile("repeat 100 times { AL = 300 }", "t.xs");
        Assert.That(result.Diagnostics, Has.Count.EqualTo(1));
    }

    [Test]
    public void FormIsThatOfTheBuild() =>
        Assert.That(
            Compiler.Compile("\n  AL = 300", "Traps/Stubs.xs").Diagnostics[0].ToString(),
            Is.EqualTo("Traps/Stubs.xs(2,8): error XS0004: 300 does not fit in 8 bits")
        );

    [Test]
    public void ANameThatNasmWouldCutOffIsAnError() =>
        Assert.That(
            Compiler.Compile(new string('L', 1001) + ": nop", "t.xs").Diagnostics.Single().Message,
            Does.Contain("at most 1000 characters")
        );

    [Test]
    public async Task AListOfFilesThatIsNotThereIsNamed()
    {
        var (status, _, errors) = await HostProgram.RunAsync(
            "dotnet",
            typeof(Compiler).Assembly.Location,
            "@/nowhere/jobs.txt"
        );
        Assert.That(status, Is.EqualTo(1));
        Assert.That(errors, Does.Contain("error XS0007").And.Contain("/nowhere/jobs.txt"));
        Assert.That(errors, Does.Not.Contain("Unhandled"));
    }
}
