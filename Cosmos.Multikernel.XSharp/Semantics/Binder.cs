using System.Numerics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Semantics;

/// <summary>Declares the names of a file, and of the files it uses, before any statement is written.</summary>
internal sealed class Binder : Walker
{
    private readonly SymbolTable table;
    private readonly bool elsewhere;

    private Binder(SymbolTable table, Diagnostics diagnostics, bool elsewhere)
        : base(table, diagnostics)
    {
        this.table = table;
        this.elsewhere = elsewhere;
    }

    /// <summary>Declares everything of a file.</summary>
    /// <param name="tree">The file.</param>
    /// <param name="table">Where names go.</param>
    /// <param name="diagnostics">Where errors go.</param>
    /// <param name="read">Reads a used file: its path as written, and who uses it; null when it cannot be read.</param>
    public static void Bind(
        SyntaxTree tree,
        SymbolTable table,
        Diagnostics diagnostics,
        SourceReader read
    )
    {
        var files = new List<(SyntaxTree Tree, bool Elsewhere)>();
        var seen = new HashSet<string> { Path.GetFullPath(tree.File) };
        Gather(tree, false);
        // All constants of all files first: counts and offsets in any file may need them.
        foreach (var (file, elsewhere) in files)
        {
            if (!elsewhere)
            {
                // Of this file only: what is wrong in a used file has no error here to stand for it.
                table.AddDoubtful(file.Doubtful);
            }
            new Binder(table, DiagnosticsOf(elsewhere), elsewhere).Constants(file.Statements);
        }
        foreach (var (file, elsewhere) in files)
        {
            new Binder(table, DiagnosticsOf(elsewhere), elsewhere).Walk(file.Statements);
        }

        // The errors of a used file are reported when that file itself is compiled.
        Diagnostics DiagnosticsOf(bool elsewhere) => elsewhere ? new Diagnostics() : diagnostics;

        void Gather(SyntaxTree file, bool isElsewhere)
        {
            // Used files go first, so that a name declared twice is reported here and not there.
            foreach (var use in file.Statements.OfType<UseDirective>())
            {
                var path = Path.Combine(Path.GetDirectoryName(file.File) ?? "", use.File);
                var isPath = use.File.Length > 0 && !path.Contains('\0');
                if (isPath && !seen.Add(Path.GetFullPath(path)))
                {
                    continue;
                }
                if (isPath && read(path) is { } source)
                {
                    Gather(Parser.Parse(source, path, new Diagnostics()), true);
                }
                else if (!isElsewhere)
                {
                    diagnostics.Report(
                        use.Position,
                        DiagnosticCode.File,
                        $"the file '{path}' cannot be read"
                    );
                }
            }
            files.Add((file, isElsewhere));
        }
    }

    private void Constants(IReadOnlyList<Statement> statements)
    {
        foreach (var statement in statements)
        {
            try
            {
                switch (statement)
                {
                    case NamespaceDirective directive:
                        Context = Context with { Namespace = directive.Name };
                        break;
                    case ConstantDeclaration constant:
                        Declare(constant.Name, constant.Value, constant.Position);
                        break;
                    case StructureDeclaration structure:
                        DeclareFields(structure);
                        break;
                }
            }
            catch (CompileException exception)
            {
                Diagnostics.Report(exception);
            }
        }
        Context = new Context();
    }

    private void Declare(string name, Expression value, Position position) =>
        table.Declare(
            new Constant(
                Context.Qualify($"Const_{name}"),
                value,
                Context.Namespace,
                position,
                elsewhere
            )
        );

    /// <summary>Declares each field as an expression over the one before it: evaluated when all constants are known.</summary>
    private void DeclareFields(StructureDeclaration structure)
    {
        Expression end = new NumberExpression(BigInteger.Zero, "0", structure.Position);
        var ends = new List<Expression>();
        foreach (var field in structure.Fields)
        {
            var offset = field.Offset ?? end;
            Declare($"{structure.Name}_{field.Name}", offset, field.Position);
            Expression length = Number(field.Bits / 8, field.Position);
            if (field.Count is not null)
            {
                length = new BinaryExpression(length, "*", field.Count, field.Position);
            }
            var start = new ConstantExpression(
                new Name([structure.Name, field.Name], null, field.Position),
                field.Position
            );
            end = new BinaryExpression(start, "+", length, field.Position);
            ends.Add(end);
        }
        Declare(
            $"{structure.Name}_Size",
            new LargestExpression(ends, structure.Position),
            structure.Position
        );
    }

    private static NumberExpression Number(int value, Position position) =>
        new(value, value.ToString(System.Globalization.CultureInfo.InvariantCulture), position);

    protected override void OnStatement(Statement statement)
    {
        switch (statement)
        {
            case ConstantDeclaration constant:
                Check(constant);
                break;
            case StructureDeclaration structure:
                LayOut(structure);
                break;
            case ExternDeclaration declaration:
                table.Declare(
                    new Symbol(declaration.Name, SymbolKind.Extern, declaration.Position)
                    {
                        Bits = declaration.Bits,
                        IsElsewhere = true,
                    }
                );
                break;
            case FunctionDeclaration function:
                Function(function);
                break;
            case LabelDeclaration label:
                Label(label);
                break;
            case VariableDeclaration variable:
                table.Declare(
                    new Symbol(
                        Context.Qualify(table.TextOf(variable.Name, Context)),
                        SymbolKind.Variable,
                        variable.Position
                    )
                    {
                        Bits = variable.Bits,
                        Origin = IsWritableHere ? Context.Origin : null,
                        IsElsewhere = elsewhere,
                    }
                );
                break;
            case WhileStatement loop:
                Walk(loop.Body);
                break;
        }
    }

    private bool IsWritableHere => Context.Section is { Writable: true };

    protected override void OnIf(IReadOnlyList<IfBranch> branches, Position position)
    {
        foreach (var branch in branches)
        {
            Walk(branch.Body);
        }
    }

    private void Check(ConstantDeclaration constant)
    {
        var value = table.Evaluate(constant.Value, new Context { Namespace = Context.Namespace });
        if (!constant.Shared)
        {
            return;
        }
        if (value is null)
        {
            throw new CompileException(
                constant.Position,
                DiagnosticCode.Operand,
                "a shared constant must be known while compiling, but an address is not"
            );
        }
        if (!elsewhere)
        {
            table.SharedConstants.Add(
                new SharedConstant(constant.Name, Context.Namespace, value.Value)
            );
        }
    }

    private void LayOut(StructureDeclaration structure)
    {
        const int largest = 1 << 30;
        var fields = new List<LaidOutField>();
        BigInteger end = 0;
        BigInteger size = 0;
        foreach (var field in structure.Fields)
        {
            var offset = field.Offset is null
                ? end
                : table.Need(field.Offset, Context, "the offset of a field", 0, largest);
            BigInteger? count = field.Count is null
                ? null
                : table.Need(field.Count, Context, "the number of elements", 1, largest);
            fields.Add(new LaidOutField(field.Name, field.Bits, count, offset));
            end = offset + field.Bits / 8 * (count ?? 1);
            size = BigInteger.Max(size, end);
        }
        if (!elsewhere)
        {
            table.Structures.Add(
                new Structure(structure.Name, Context.Namespace, fields, size, structure.Shared)
            );
        }
    }

    private void Function(FunctionDeclaration function)
    {
        var name = Context.Qualify(table.TextOf(function.Name, Context));
        table.Declare(
            new Symbol(name, SymbolKind.Function, function.Position)
            {
                Origin = Context.Origin,
                IsElsewhere = elsewhere,
            }
        );
        var outer = Context;
        Context = outer with { Function = name };
        if (function.Kind != FunctionKind.Naked && !elsewhere)
        {
            table.Declare(ExitLabel(name, function.Position));
        }
        Walk(function.Body);
        // Code size and origin changed inside last beyond the end, like everywhere else.
        Context = Context with
        {
            Function = outer.Function,
        };
    }

    /// <summary>Whether the compiler could make this label for an if or a loop: <c>Block1_End</c>.</summary>
    private static bool IsBlockLabel(string text) =>
        text.StartsWith("Block", StringComparison.Ordinal)
        && text.IndexOf('_') is > 5 and var end
        && text.AsSpan(5, end - 5).IndexOfAnyExceptInRange('0', '9') < 0;

    private Symbol ExitLabel(string function, Position position) =>
        new($"{function}_Exit", SymbolKind.Label, position)
        {
            Origin = Context.Origin,
            IsElsewhere = elsewhere,
            IsExit = true,
        };

    private void Label(LabelDeclaration label)
    {
        var text = table.TextOf(label.Name, Context);
        if (IsBlockLabel(text))
        {
            throw new CompileException(
                label.Position,
                DiagnosticCode.Name,
                $"'{text}' is kept for the labels of blocks: expected another name than BlockN_..."
            );
        }
        if (Context.Function is null)
        {
            table.Declare(
                new Symbol(Context.Qualify(text), SymbolKind.Label, label.Position)
                {
                    Origin = Context.Origin,
                    IsElsewhere = elsewhere,
                }
            );
        }
        else if (!elsewhere)
        {
            // Labels inside a function are not exported: those of a used file cannot be named here.
            table.Declare(
                text == "Exit"
                    ? ExitLabel(Context.Function, label.Position)
                    : new Symbol($"{Context.Function}_{text}", SymbolKind.Label, label.Position)
                    {
                        Origin = Context.Origin,
                        IsElsewhere = elsewhere,
                    }
            );
        }
    }
}
