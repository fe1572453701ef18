using Iced.Intel;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>Operands that the assembler computes from addresses: the numbers in the bytes.</summary>
public sealed class AddressTests
{
    private static Instruction One(int bits, string source, out Assembled batch)
    {
        batch = Assembled.Make(bits, [source, "nop"]);
        return batch.Decode(0, 1)[0];
    }

    [Test]
    public void DifferenceOfLabelsIsTheirDistance([Values(32, 64)] int bits)
    {
        var accumulator = bits == 64 ? "RAX" : "EAX";
        var instruction = One(bits, $"{accumulator} = @.G - @.F", out var batch);
        var distance = batch.Address("X_G") - (ulong)batch.Start(0);
        Assert.That(instruction.Mnemonic, Is.EqualTo(Mnemonic.Mov));
        Assert.That(
            instruction.GetImmediate(1),
            Is.EqualTo(bits == 64 ? distance : (uint)distance)
        );
    }

    [Test]
    public void HigherHalfBaseIsSubtracted()
    {
        var instruction = One(64, "EAX = @.Q + $1_0000_0000 - $FFFF_FFFF", out var batch);
        Assert.That(instruction.Mnemonic, Is.EqualTo(Mnemonic.Lea));
        Assert.That(instruction.IPRelativeMemoryAddress, Is.EqualTo(batch.Address("X_Q") + 1));
    }

    [Test]
    public void AddressWithOffsetIsRelative()
    {
        var instruction = One(64, "RAX = @.Q + 8", out var batch);
        Assert.That(instruction.Mnemonic, Is.EqualTo(Mnemonic.Lea));
        Assert.That(instruction.IPRelativeMemoryAddress, Is.EqualTo(batch.Address("X_Q") + 8));
    }

    [Test]
    public void AbsoluteAddressIsAn64BitNumber()
    {
        var instruction = One(64, "RAX = absolute @.Q", out var batch);
        Assert.That(instruction.Code, Is.EqualTo(Code.Mov_r64_imm64));
        Assert.That(instruction.Immediate64, Is.EqualTo(batch.Address("X_Q")));
    }

    [TestCase(16, "goto $08:G", Code.Jmp_ptr1616)]
    [TestCase(16, "goto $08:G as dword", Code.Jmp_ptr1632)]
    [TestCase(32, "goto $08:G", Code.Jmp_ptr1632)]
    public void FarJumpHasSelectorAndOffset(int bits, string source, Code code)
    {
        var instruction = One(bits, source, out var batch);
        Assert.That(instruction.Code, Is.EqualTo(code));
        Assert.That(instruction.FarBranchSelector, Is.EqualTo(8));
        var offset = code == Code.Jmp_ptr1616 ? instruction.FarBranch16 : instruction.FarBranch32;
        Assert.That(offset, Is.EqualTo((uint)batch.Address("X_G")));
    }

    [TestCase(32, "goto far [EAX] as dword", Code.Jmp_m1632)]
    [TestCase(32, "goto far [EAX] as word", Code.Jmp_m1616)]
    [TestCase(64, "goto far [RAX] as qword", Code.Jmp_m1664)]
    [TestCase(64, "goto far [RAX] as dword", Code.Jmp_m1632)]
    [TestCase(32, "+Flags", Code.Pushfd)]
    [TestCase(64, "+Flags", Code.Pushfq)]
    [TestCase(16, "+Flags", Code.Pushfw)]
    [TestCase(32, "+All", Code.Pushad)]
    [TestCase(16, "+All", Code.Pushaw)]
    [TestCase(64, "IRet", Code.Iretq)]
    [TestCase(32, "IRet", Code.Iretd)]
    [TestCase(16, "IRet", Code.Iretw)]
    [TestCase(64, "RetFar", Code.Retfq)]
    [TestCase(64, "sysret", Code.Sysretq)]
    [TestCase(32, "if EAX = 1 return", Code.Cmp_rm32_imm8)]
    public void SizeOfTheInstructionIsRight(int bits, string source, Code code) =>
        Assert.That(One(bits, source, out _).Code, Is.EqualTo(code));

    /// <summary>Code after org is assembled as it runs at that address.</summary>
    [Test]
    public void OriginMovesAddressesAndNotJumps()
    {
        var result = Cosmos.Multikernel.XSharp.Compiler.Compile(
            """
            namespace T
            bits 16
            data byte[32] 0
            org $8000
            naked function Begin {
                goto Next
            Next:
                AX = .Value
                lgdt .Value
                EAX = @.Value
                goto $08:Next as dword
            }
            Value: data word 1
            """,
            "t.xs"
        );
        Assert.That(result.Diagnostics, Is.Empty);
        var image = Assembled.Assemble(result.Assembly!);
        var decoder = Decoder.Create(16, new ByteArrayCodeReader(image[32..]));
        decoder.IP = 0x8000;
        var decoded = Enumerable.Range(0, 5).Select(_ => decoder.Decode()).ToArray();
        var value = decoded[^1].NextIP;
        Assert.That(decoded[0].NearBranchTarget, Is.EqualTo(decoded[1].IP));
        Assert.That(decoded[1].MemoryDisplacement64, Is.EqualTo(value));
        Assert.That(decoded[2].MemoryDisplacement64, Is.EqualTo(value));
        Assert.That(decoded[3].Immediate32, Is.EqualTo((uint)value));
        Assert.That(decoded[4].FarBranch32, Is.EqualTo((uint)decoded[1].IP));
    }
}
