using System.Numerics;

namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>Directives, constants, structures, functions, data.</summary>
internal sealed partial class Parser
{
    private bool insideBlock;
    private bool insideFunction;

    private void OnlyAtTop(Token keyword)
    {
        if (insideBlock)
        {
            throw new CompileException(
                keyword.Position,
                DiagnosticCode.Placement,
                $"{keyword.Text.ToLowerInvariant()} stands outside all braces"
            );
        }
    }

    private void OnlyOutsideFunctions(Token keyword)
    {
        if (insideFunction)
        {
            throw new CompileException(
                keyword.Position,
                DiagnosticCode.Placement,
                $"{keyword.Text.ToLowerInvariant()} stands outside functions"
            );
        }
    }

    private List<Statement> InnerBlock()
    {
        var outer = insideBlock;
        insideBlock = true;
        try
        {
            return Block();
        }
        finally
        {
            insideBlock = outer;
        }
    }

    private NamespaceDirective Namespace(Token keyword)
    {
        OnlyAtTop(keyword);
        var name = Current.Kind == TokenKind.Word ? Take().Text : "";
        return new NamespaceDirective(name, keyword.Position);
    }

    private BitsDirective Bits(Token keyword)
    {
        if (
            Current.Kind == TokenKind.Number
            && Number(Current).Value is var value
            && (value == 16 || value == 32 || value == 64)
        )
        {
            at++;
            return new BitsDirective((int)value, keyword.Position);
        }
        throw Expected("16, 32 or 64");
    }

    private SectionDirective Section(Token keyword)
    {
        OnlyAtTop(keyword);
        var name = "";
        if (Current.Is("."))
        {
            at++;
            name = ".";
        }
        name += ExpectWord("the name of a section").Text;
        while (Current.Is(".") && Current.Attached)
        {
            at++;
            name += "." + ExpectWord("the rest of the name").Text;
        }
        var executable = name == ".text" || name.StartsWith(".text.", StringComparison.Ordinal);
        var noBits = name == ".bss" || name.StartsWith(".bss.", StringComparison.Ordinal);
        var writable =
            noBits || name == ".data" || name.StartsWith(".data.", StringComparison.Ordinal);
        Expression? alignment = null;
        var bare = Current.Kind != TokenKind.Word;
        while (Current.Kind == TokenKind.Word)
        {
            var attribute = Take();
            switch (attribute.Text.ToLowerInvariant())
            {
                case "exec":
                    executable = true;
                    break;
                case "write":
                    writable = true;
                    break;
                case "nobits":
                    noBits = true;
                    writable = true;
                    break;
                case "align":
                    alignment = Expression();
                    break;
                default:
                    throw Error(
                        attribute.Position,
                        $"expected exec, write, nobits or align, found '{attribute.Text}'"
                    );
            }
        }
        return new SectionDirective(name, executable, writable, noBits, alignment, keyword.Position)
        {
            Bare = bare,
        };
    }

    private UseDirective Use(Token keyword)
    {
        OnlyAtTop(keyword);
        return Current.Kind == TokenKind.Text
            ? new UseDirective(Take().Text, keyword.Position)
            : throw Expected("a file name in quotes");
    }

    private ExternDeclaration Extern(Token keyword)
    {
        OnlyAtTop(keyword);
        var name = ExpectWord("the name of a symbol");
        int? bits = Current.Kind == TokenKind.Word ? ExpectSize() : null;
        return new ExternDeclaration(name.Text, bits, name.Position);
    }

    private Statement Shared()
    {
        var keyword = ExpectWord("const or struct");
        return keyword.IsWord("const") ? Constant(keyword, true)
            : keyword.IsWord("struct") ? Structure(keyword, true)
            : throw Error(
                keyword.Position,
                $"expected const or struct after shared, found '{keyword.Text}'"
            );
    }

    private ConstantDeclaration Constant(Token keyword, bool shared)
    {
        OnlyAtTop(keyword);
        var name = ExpectWord("the name of the constant");
        Expect("=");
        return new ConstantDeclaration(name.Text, Expression(), shared, name.Position);
    }

    private StructureDeclaration Structure(Token keyword, bool shared)
    {
        OnlyAtTop(keyword);
        var name = ExpectWord("the name of the structure");
        var brace = Expect("{");
        var fields = new List<StructureField>();
        while (!Current.Is("}"))
        {
            if (Current.Kind == TokenKind.EndOfFile)
            {
                throw Error(brace.Position, "this { has no } before the end of the file");
            }
            if (Current.Kind == TokenKind.EndOfLine)
            {
                at++;
                continue;
            }
            fields.Add(Field());
            ExpectEndOfStatement();
        }
        at++;
        return new StructureDeclaration(name.Text, fields, shared, name.Position);
    }

    private StructureField Field()
    {
        var name = ExpectWord("the name of a field");
        var bits = ExpectSize();
        var count = Count();
        var offset = TakeIfWord("at") ? Expression() : null;
        return new StructureField(name.Text, bits, count, offset, name.Position);
    }

    private FunctionDeclaration Function(Token keyword, FunctionKind kind)
    {
        OnlyOutsideFunctions(keyword);
        var name = SimpleName("the name of the function");
        var alignment = TakeIfWord("align") ? Expression() : null;
        insideFunction = true;
        try
        {
            return new FunctionDeclaration(name, kind, alignment, InnerBlock(), name.Position);
        }
        finally
        {
            insideFunction = false;
        }
    }

    /// <summary>Parses the name of a declaration: no dots, since the namespace says the rest.</summary>
    private Name SimpleName(string what)
    {
        var name = Name(what);
        return name.Parts.Count == 1
            ? name
            : throw Error(
                name.Position,
                $"expected {what} without dots: the namespace line gives the prefix"
            );
    }

    private VariableDeclaration Variable(Token keyword)
    {
        OnlyOutsideFunctions(keyword);
        var name = SimpleName("the name of the variable");
        int? bits = SizeOf(Current);
        Expression? count = null;
        if (bits is not null)
        {
            at++;
            count = Count();
        }
        List<DataValue> values = TakeIf("=") ? Values() : [];
        var alignment = TakeIfWord("align") ? Expression() : null;
        if (values is [{ Text: not null } text] && bits is null or 8 && count is null)
        {
            // A text of its own ends in 0, so that code can walk it.
            bits = 8;
            values =
            [
                text,
                new DataValue(
                    new NumberExpression(BigInteger.Zero, "0", text.Position),
                    null,
                    text.Position
                ),
            ];
        }
        return new VariableDeclaration(name, bits ?? 32, count, values, alignment, name.Position);
    }

    private DataDeclaration Data(Token keyword)
    {
        var bits = ExpectSize();
        var count = Count();
        return new DataDeclaration(bits, count, Values(), keyword.Position);
    }

    private Expression? Count()
    {
        if (!TakeIf("["))
        {
            return null;
        }
        var count = Expression();
        Expect("]");
        return count;
    }

    private List<DataValue> Values()
    {
        var values = new List<DataValue>();
        do
        {
            var token = Current;
            if (
                token.Kind == TokenKind.Text
                && (
                    Following.Is(",")
                    || Following.Is("}")
                    || Following.IsWord("align")
                    || Following.Kind is TokenKind.EndOfLine or TokenKind.EndOfFile
                )
            )
            {
                at++;
                values.Add(new DataValue(null, token.Text, token.Position));
            }
            else
            {
                values.Add(new DataValue(Expression(), null, token.Position));
            }
        } while (TakeIf(","));
        return values;
    }
}
