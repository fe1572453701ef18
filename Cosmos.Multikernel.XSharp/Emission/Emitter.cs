using System.Globalization;
using System.Text;
using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>
/// Writes the NASM source of a file. Principles: a statement is a fixed few instructions, written in place and
/// in order; nothing is optimised and no register is touched that the statement does not name; whatever the
/// CPU cannot do is an error here, at the line of the X# source, and not a message of NASM.
/// </summary>
internal sealed partial class Emitter : Walker
{
    private readonly ExpressionWriter expressions;
    private readonly OperandWriter operands;
    private readonly NasmWriter code;
    private readonly NasmWriter data;
    private readonly NasmWriter space;
    private readonly List<string> exports = [];
    private readonly HashSet<string> openedSections = [];
    private string lockPrefix = "";

    private Emitter(SymbolTable table, Diagnostics diagnostics, bool lineDirectives)
        : base(table, diagnostics)
    {
        expressions = new ExpressionWriter(table);
        operands = new OperandWriter(table, expressions);
        code = new NasmWriter(lineDirectives);
        data = new NasmWriter(lineDirectives);
        space = new NasmWriter(lineDirectives);
    }

    public static string Emit(
        SyntaxTree tree,
        SymbolTable table,
        Diagnostics diagnostics,
        bool lineDirectives
    )
    {
        var emitter = new Emitter(table, diagnostics, lineDirectives);
        emitter.Walk(tree.Statements);
        return diagnostics.Any ? "" : emitter.Whole(tree);
    }

    /// <summary>Puts the parts together: constants and externs are known only when all code is written.</summary>
    private string Whole(SyntaxTree tree)
    {
        var namespaceOf = new Context();
        foreach (var statement in tree.Statements)
        {
            if (statement is NamespaceDirective directive)
            {
                namespaceOf = namespaceOf with { Namespace = directive.Name };
            }
            else if (statement is ConstantDeclaration constant)
            {
                expressions.Use(
                    Table.Resolve(
                        new ConstantExpression(
                            new Name([constant.Name], null, constant.Position),
                            constant.Position
                        ),
                        namespaceOf
                    )
                );
            }
        }
        var constants = new StringBuilder();
        // Writing a constant may bring up others: the list grows while it is read.
        for (var i = 0; i < expressions.Constants.Count; i++)
        {
            var constant = expressions.Constants[i];
            constants.Append(
                CultureInfo.InvariantCulture,
                $"%define {constant.Name} {expressions.ValueOf(constant)}\n"
            );
        }
        var all = new StringBuilder();
        all.Append(
            CultureInfo.InvariantCulture,
            $"; Compiled from {Path.GetFileName(tree.File)}: change that file, not this one.\n"
        );
        foreach (var name in expressions.Externs)
        {
            all.Append(CultureInfo.InvariantCulture, $"extern {name}\n");
        }
        foreach (var export in exports)
        {
            all.Append(CultureInfo.InvariantCulture, $"global {export}\n");
        }
        all.Append(constants).Append("bits 32\n").Append(code);
        if (!data.IsEmpty)
        {
            all.Append("section .data\n").Append(data);
        }
        if (!space.IsEmpty)
        {
            all.Append("section .bss\n").Append(space);
        }
        return all.ToString();
    }

    protected override void OnDirective(Statement directive)
    {
        code.At(directive.Position);
        switch (directive)
        {
            case BitsDirective bits:
                code.Directive(string.Create(CultureInfo.InvariantCulture, $"bits {bits.Bits}"));
                break;
            case SectionDirective:
                Section(Context.Section!);
                break;
            case OriginDirective:
                code.Label(Context.Origin!.Marker);
                break;
        }
    }

    protected override void OnStatement(Statement statement)
    {
        operands.Context = Context;
        code.At(statement.Position);
        switch (statement)
        {
            case UseDirective or ExternDeclaration or ConstantDeclaration or StructureDeclaration:
                break;
            case AlignDirective align:
                Align(code, Alignment(align.Alignment), Context.Section);
                break;
            case FunctionDeclaration function:
                Function(function);
                break;
            case LabelDeclaration label:
                Label(label);
                break;
            case VariableDeclaration variable:
                Variable(variable);
                break;
            case DataDeclaration declaration:
                Data(declaration);
                break;
            case RawStatement raw:
                code.Instruction(raw.Text);
                break;
            case LockStatement locked:
                Locked(locked);
                break;
            default:
                RefuseCodeInSpace(statement.Position);
                Code(statement);
                break;
        }
    }

    private void Code(Statement statement)
    {
        switch (statement)
        {
            case MoveStatement move:
                Move(move);
                break;
            case OperatorStatement operation:
                Operate(operation);
                break;
            case IncrementStatement increment:
                Increment(increment);
                break;
            case StackStatement stack:
                Stack(stack);
                break;
            case PortStatement port:
                Port(port);
                break;
            case CallStatement call:
                Call(call);
                break;
            case GotoStatement jump:
                Instruct($"jmp {Destination(jump.Target)}");
                break;
            case FarGotoStatement jump:
                FarGoto(jump);
                break;
            case FarGotoMemoryStatement jump:
                FarGoto(jump);
                break;
            case ReturnStatement:
                Instruct($"jmp {ExitLabel(statement.Position)}");
                break;
            case RetStatement ret:
                Ret(ret);
                break;
            case InterruptStatement interrupt:
                var vector = Table.Need(interrupt.Vector, Context, "an interrupt vector", 0, 255);
                Instruct(string.Create(CultureInfo.InvariantCulture, $"int {vector}"));
                break;
            case InstructionStatement instruction:
                Instruction(instruction);
                break;
            case ConditionalJump jump:
                ConditionalJump(jump);
                break;
            case WhileStatement loop:
                Loop(loop);
                break;
            case BreakStatement leave:
                Break(leave);
                break;
            default:
                throw new InvalidOperationException(statement.GetType().Name);
        }
    }

    private void RefuseCodeInSpace(Position position)
    {
        if (Context.Section is { NoBits: true })
        {
            throw new CompileException(
                position,
                DiagnosticCode.Placement,
                $"section {Context.Section.Name} takes space only: no code or data can stand in it"
            );
        }
    }

    private void Instruct(string text) => code.Instruction(lockPrefix + text);

    /// <summary>Writes a statement with the lock prefix, where the CPU allows one.</summary>
    private void Locked(LockStatement locked)
    {
        var target = locked.Inner switch
        {
            OperatorStatement { Operator: "+" or "-" or "&" or "|" or "^" or "<->" } operation =>
                operation.Target is MemoryOperand ? operation.Target
                : operation.Operator == "<->" ? operation.Source
                : operation.Target,
            IncrementStatement increment => increment.Target,
            InstructionStatement { Prefix: null } instruction
                when Instructions.Get(instruction.Mnemonic).Lockable =>
                instruction.Operands.FirstOrDefault(),
            _ => null,
        };
        if (target is not MemoryOperand)
        {
            throw new CompileException(
                locked.Position,
                DiagnosticCode.Operand,
                "lock stands before + - & | ^ ++ -- <-> and instructions like xadd, cmpxchg and bts, with memory as the target"
            );
        }
        RefuseCodeInSpace(locked.Position);
        lockPrefix = "lock ";
        try
        {
            Code(locked.Inner);
        }
        finally
        {
            lockPrefix = "";
        }
    }
}
