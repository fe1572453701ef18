using System.Globalization;
using Cosmos.Multikernel.XSharp.Semantics;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>Every row of the instruction table, in every size: assembled, and decoded to the same instruction.</summary>
public sealed class InstructionTests
{
    private static readonly Dictionary<int, string[]> Registers = new()
    {
        [8] = ["BL", "DL", "SIL"],
        [16] = ["BX", "DX", "R9W"],
        [32] = ["EBX", "EDX", "R9D"],
        [64] = ["RBX", "RDX", "R9"],
    };

    // Several names of one instruction: Iced has one for each.
    private static readonly Dictionary<string, string> Canonical = new()
    {
        ["nae"] = "b",
        ["c"] = "b",
        ["nb"] = "ae",
        ["nc"] = "ae",
        ["z"] = "e",
        ["nz"] = "ne",
        ["na"] = "be",
        ["nbe"] = "a",
        ["pe"] = "p",
        ["po"] = "np",
        ["nge"] = "l",
        ["nl"] = "ge",
        ["ng"] = "le",
        ["nle"] = "g",
    };

    [Test]
    public void EveryInstructionDecodesToItself()
    {
        var cases = Instructions
            .Everything.SelectMany(i =>
                i.Forms.SelectMany(form => Sources(i.Name, form)).Select(s => (i.Name, s))
            )
            .ToList();
        Assert.That(cases, Has.Count.GreaterThan(700));
        var batch = Assembled.Make(64, [.. cases.Select(c => c.s)]);
        Assert.Multiple(() =>
        {
            for (var i = 0; i < cases.Count; i++)
            {
                var decoded = batch.Decode(i, 1)[0].Mnemonic.ToString().ToLowerInvariant();
                Assert.That(decoded, Is.EqualTo(Expected(cases[i].Name)), cases[i].s);
            }
        });
    }

    private static string Expected(string name)
    {
        foreach (var prefix in (string[])["set", "cmov"])
        {
            if (
                name.StartsWith(prefix, StringComparison.Ordinal)
                && Canonical.TryGetValue(name[prefix.Length..], out var code)
            )
            {
                return prefix + code;
            }
        }
        return name switch
        {
            "sysret" => "sysretq",
            "xlatb" => "xlatb",
            _ => name,
        };
    }

    /// <summary>The instruction with each kind of operand in each size.</summary>
    private static IEnumerable<string> Sources(string name, Slot[] form)
    {
        if (form.Length == 0)
        {
            yield return name;
            yield break;
        }
        var sizes = form.FirstOrDefault(s => s.Linked)?.Sizes ?? [0];
        foreach (var size in sizes)
        {
            IEnumerable<string> lists = [""];
            for (var i = 0; i < form.Length; i++)
            {
                var slot = form[i];
                var number = i;
                lists = lists.SelectMany(list =>
                    Operands(slot, size, number)
                        .Where(o => !(o.Contains('[') && list.Contains('[')))
                        .Select(o => list.Length == 0 ? o : $"{list}, {o}")
                );
            }
            foreach (var list in lists)
            {
                yield return $"{name} {list}";
            }
        }
    }

    private static IEnumerable<string> Operands(Slot slot, int size, int number)
    {
        var own =
            slot.Linked ? [size]
            : slot.Sizes.Length == 0 ? [0]
            : slot
                .Sizes.Where(s => size == 0 || s < size || slot.Kinds.HasFlag(Kinds.Count))
                .ToArray();
        foreach (var bits in own)
        {
            if (slot.Kinds.HasFlag(Kinds.Register))
            {
                yield return Registers[bits][number];
            }
            if (slot.Kinds.HasFlag(Kinds.Memory))
            {
                yield return bits == 0 ? "[RDI + 8]" : $"{Keyword(bits)} [RDI + 8]";
            }
            if (slot.Kinds.HasFlag(Kinds.Immediate))
            {
                yield return 5.ToString(CultureInfo.InvariantCulture);
            }
            if (slot.Kinds.HasFlag(Kinds.Count))
            {
                yield return "CL";
            }
        }
    }

    private static string Keyword(int bits) =>
        bits switch
        {
            8 => "byte",
            16 => "word",
            32 => "dword",
            _ => "qword",
        };
}
