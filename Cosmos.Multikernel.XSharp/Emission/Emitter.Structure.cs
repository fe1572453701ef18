using System.Globalization;
using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>Sections, functions, labels.</summary>
internal sealed partial class Emitter
{
    private const int FunctionAlignment = 16;
    private const int LargestAlignment = 1 << 21;

    private bool exitPlaced;

    private void Section(SectionDirective section)
    {
        operands.Context = Context;
        if (!openedSections.Add(section.Name))
        {
            code.Directive($"section {section.Name}");
            return;
        }
        var alignment =
            section.Alignment is not null ? Alignment(section.Alignment)
            : section.Executable ? FunctionAlignment
            : 8;
        code.Directive(
            string.Create(
                CultureInfo.InvariantCulture,
                $"section {section.Name} {(section.NoBits ? "nobits" : "progbits")} alloc {(section.Executable ? "exec" : "noexec")} {(section.Writable ? "write" : "nowrite")} align={alignment}"
            )
        );
    }

    private int Alignment(Expression expression)
    {
        var value = Table.Need(expression, Context, "an alignment", 1, LargestAlignment);
        return (value & (value - 1)) == 0
            ? value
            : throw new CompileException(
                expression.Position,
                DiagnosticCode.Range,
                $"an alignment is a power of two, not {value}"
            );
    }

    /// <summary>Pads with nop in code, zero in data, nothing in space.</summary>
    private static void Align(NasmWriter into, int alignment, SectionDirective? section)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{alignment}");
        into.Directive(
            section is { NoBits: true } ? $"alignb {text}"
            : section is null or { Executable: true } ? $"align {text}"
            : $"align {text}, db 0"
        );
    }

    private void Function(FunctionDeclaration function)
    {
        RefuseCodeInSpace(function.Position);
        var name = Context.Qualify(Table.TextOf(function.Name, Context));
        Align(
            code,
            function.Alignment is null ? FunctionAlignment : Alignment(function.Alignment),
            null
        );
        Export(name, "function");
        code.Label(ExpressionWriter.Escape(name));
        var outer = Context;
        Context = outer with { Function = name, FunctionKind = function.Kind };
        operands.Context = Context;
        exitPlaced = false;
        if (function.Kind == FunctionKind.Interrupt)
        {
            PushAll();
        }
        Walk(function.Body);
        operands.Context = Context;
        if (function.Kind != FunctionKind.Naked)
        {
            if (!exitPlaced)
            {
                code.Label($"{name}_Exit");
            }
            if (function.Kind == FunctionKind.Interrupt)
            {
                PopAll();
            }
            Instruct(function.Kind == FunctionKind.Interrupt ? InterruptReturn : "ret");
        }
        Context = Context with { Function = outer.Function, FunctionKind = outer.FunctionKind };
    }

    private void Label(LabelDeclaration label)
    {
        var text = Table.TextOf(label.Name, Context);
        if (Context.Function is null)
        {
            var name = Context.Qualify(text);
            Export(name, null);
            code.Label(ExpressionWriter.Escape(name));
            return;
        }
        exitPlaced |= text == "Exit";
        code.Label($"{Context.Function}_{text}");
    }

    private void Export(string name, string? type) =>
        exports.Add(ExpressionWriter.Escape(name) + (type is null ? "" : ":" + type));

    private string ExitLabel(Position position) =>
        Context switch
        {
            { Function: null } => throw new CompileException(
                position,
                DiagnosticCode.Placement,
                "return stands in a function"
            ),
            { FunctionKind: FunctionKind.Naked } => throw new CompileException(
                position,
                DiagnosticCode.Placement,
                "a naked function has no Exit to return to: expected Ret, IRet or goto"
            ),
            _ => $"{Context.Function}_Exit",
        };

    private string InterruptReturn =>
        Context.Bits switch
        {
            16 => "iretw",
            32 => "iretd",
            _ => "iretq",
        };
}
