using Cosmos.Multikernel.XSharp.Semantics;

namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>Statements: which form a line is.</summary>
internal sealed partial class Parser
{
    private Statement Statement()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.RawAssembly:
                at++;
                return new RawStatement(token.Text, token.Position);
            case TokenKind.Word:
                return WordStatement(token);
            case TokenKind.Sign when token.Text is "+" or "-":
                return Stack();
            case TokenKind.Sign when token.Text is "++" or "--":
                throw Expected("a statement (EAX++ has the operand first)");
            case TokenKind.Sign when token.Text is "." or "[":
                return OperandStatement(false);
            default:
                throw Expected("a statement");
        }
    }

    private Statement WordStatement(Token token)
    {
        var register = Register.Find(token.Text);
        if (register is null && IsLabel())
        {
            var label = Name("a label");
            Expect(":");
            return label.Parts.Count == 1
                ? new LabelDeclaration(label, label.Position)
                : throw Error(label.Position, "a label is declared without dots");
        }
        if (register is null && IsCall())
        {
            return Call(new ImmediateOperand(TargetName(), null, token.Position));
        }
        if (register is not null || (SizeOf(token) is not null))
        {
            return OperandStatement(false);
        }
        if (token.IsWord("port") && Following.Is("["))
        {
            return PortOutput();
        }
        at++;
        return Keyword(token) ?? Instruction(token);
    }

    /// <summary>Parses the statement that a keyword opens (already taken); null when it is none.</summary>
    private Statement? Keyword(Token token)
    {
        switch (token.Text.ToLowerInvariant())
        {
            case "namespace":
                return Namespace(token);
            case "bits":
                return Bits(token);
            case "section":
                return Section(token);
            case "align":
                return new AlignDirective(Expression(), token.Position);
            case "org":
                return new OriginDirective(Expression(), token.Position);
            case "use":
                return Use(token);
            case "extern":
                return Extern(token);
            case "const":
                return Constant(token, false);
            case "struct":
                return Structure(token, false);
            case "shared":
                return Shared();
            case "function":
                return Function(token, FunctionKind.Function);
            case "naked":
                if (!TakeIfWord("function"))
                {
                    throw Expected("function");
                }
                return Function(token, FunctionKind.Naked);
            case "interrupt":
                return Function(token, FunctionKind.Interrupt);
            case "var":
                return Variable(token);
            case "data":
                return Data(token);
            case "repeat":
                return Repeat(token);
            case "if":
                return If(token);
            case "while":
                return new WhileStatement(Condition(), InnerBlock(), token.Position);
            case "loop":
                return new WhileStatement(null, InnerBlock(), token.Position);
            case "break":
                return new BreakStatement(false, token.Position);
            case "continue":
                return new BreakStatement(true, token.Position);
            case "else":
                throw Error(token.Position, "else follows the } of an if");
            case "call":
                return Call(Target());
            case "goto":
                return Goto(token);
            case "return":
                return new ReturnStatement(token.Position);
            case "ret":
                return new RetStatement(ReturnKind.Near, OptionalExpression(), token.Position);
            case "retfar":
                return new RetStatement(ReturnKind.Far, OptionalExpression(), token.Position);
            case "iret":
                return new RetStatement(ReturnKind.Interrupt, null, token.Position);
            case "int":
                return new InterruptStatement(Expression(), token.Position);
            case "signed":
                return OperandStatement(true);
            case "lock":
                Enter(token.Position);
                var locked = Statement();
                Leave();
                return new LockStatement(locked, token.Position);
            default:
                return null;
        }
    }

    private Expression? OptionalExpression() =>
        Current.Kind is TokenKind.EndOfLine or TokenKind.EndOfFile || Current.Is("}")
            ? null
            : Expression();

    /// <summary>True before <c>L:</c> and <c>Stub#N:</c>.</summary>
    private bool IsLabel()
    {
        if (Following.Is(":"))
        {
            return true;
        }
        var next = at + 1;
        if (!tokens[next].Is("#") || !tokens[next].Attached)
        {
            return false;
        }
        for (
            next++;
            tokens[next].Kind is TokenKind.Word or TokenKind.Number || tokens[next].Is(".");

        )
        {
            next++;
        }
        return tokens[next].Is(":");
    }

    /// <summary>True before <c>F(</c> and <c>A.F(</c>.</summary>
    private bool IsCall()
    {
        var next = at + 1;
        while (
            tokens[next].Is(".")
            && tokens[next].Attached
            && tokens[next + 1] is { Kind: TokenKind.Word, Attached: true }
        )
        {
            next += 2;
        }
        return tokens[next].Is("(") && tokens[next].Attached;
    }

    private AddressExpression TargetName()
    {
        var name = Name("the name of a function");
        return new AddressExpression(name, name.Position);
    }

    /// <summary>Parses what is called or gone to: a name, an expression, a register or memory.</summary>
    private Operand Target()
    {
        var token = Current;
        if (token.Is(".") || token.Is("[") || SizeOf(token) is not null)
        {
            return Operand();
        }
        if (token.Kind == TokenKind.Word && Register.Find(token.Text) is not null)
        {
            return Operand();
        }
        return new ImmediateOperand(Expression(Names.Addresses), null, token.Position);
    }

    private CallStatement Call(Operand target)
    {
        var arguments = new List<Operand>();
        if (TakeIf("("))
        {
            if (!Current.Is(")"))
            {
                do
                {
                    arguments.Add(Operand());
                } while (TakeIf(","));
            }
            Expect(")");
        }
        return new CallStatement(target, arguments, target.Position);
    }

    private Statement Goto(Token keyword)
    {
        if (TakeIfWord("far"))
        {
            return new FarGotoMemoryStatement(Operand(), keyword.Position);
        }
        var target = Target();
        if (target is ImmediateOperand selector && TakeIf(":"))
        {
            var offset = Expression(Names.Addresses);
            int? bits = TakeIfWord("as") ? ExpectSize() : null;
            return new FarGotoStatement(selector.Value, offset, bits, keyword.Position);
        }
        return new GotoStatement(target, keyword.Position);
    }

    /// <summary>Parses <c>+EAX</c>, <c>-All</c>.</summary>
    private StackStatement Stack()
    {
        var sign = Take();
        var push = sign.Text == "+";
        var special =
            TakeIfWord("all") ? StackSpecial.All
            : TakeIfWord("flags") ? StackSpecial.Flags
            : StackSpecial.None;
        return new StackStatement(
            push,
            special,
            special == StackSpecial.None ? Operand() : null,
            sign.Position
        );
    }

    private PortStatement PortOutput()
    {
        var position = Current.Position;
        var port = Port();
        Expect("=");
        return new PortStatement(true, port, Operand(), position);
    }

    private Operand Port()
    {
        at++;
        Expect("[");
        var port = Operand();
        Expect("]");
        return port;
    }

    /// <summary>Parses the statements that start with an operand: moves, arithmetic, shifts, comparisons.</summary>
    private Statement OperandStatement(bool signed)
    {
        var position = Current.Position;
        var target = Operand();
        if (target is ImmediateOperand)
        {
            throw Error(target.Position, "expected a register or memory");
        }
        var sign = Current;
        if (sign.Kind != TokenKind.Sign)
        {
            throw Expected($"an operator after {DescriptionOf(target)}");
        }
        at++;
        if (signed)
        {
            return sign.Text is ">>" or ">>="
                ? new OperatorStatement(target, "s>>", Operand(), position)
                : throw Error(sign.Position, $"expected '>>' (signed shift), found '{sign.Text}'");
        }
        switch (sign.Text)
        {
            case "=":
                return Move(target, position);
            case "++" or "--":
                if (TakeIfWord("as"))
                {
                    target = WithSize(target, ExpectSize());
                }
                return new IncrementStatement(target, sign.Text == "++", position);
            case "?=" or "?&" or "<->" or "<<" or ">>" or "~>" or "<~":
            case "+" or "-" or "*" or "&" or "|" or "^":
                return new OperatorStatement(target, sign.Text, Operand(), position);
            case "+=" or "-=" or "*=" or "/=" or "%=" or "&=" or "|=" or "^=":
            case "<<=" or ">>=" or "~>=" or "<~=":
                return new OperatorStatement(target, sign.Text[..^1], Operand(), position);
            default:
                at--;
                throw Expected($"an operator after {DescriptionOf(target)}");
        }
    }

    private static string DescriptionOf(Operand operand) =>
        operand is RegisterOperand register ? register.Register.Name : "the memory operand";

    private Statement Move(Operand target, Position position)
    {
        if (Current.IsWord("port") && Following.Is("["))
        {
            return new PortStatement(false, Port(), target, position);
        }
        if (TakeIfWord("signed"))
        {
            return new MoveStatement(target, MoveKind.Signed, Operand(), position);
        }
        if (Current.IsWord("absolute"))
        {
            at++;
            var start = Current.Position;
            return new MoveStatement(
                target,
                MoveKind.Absolute,
                new ImmediateOperand(Expression(), null, start),
                position
            );
        }
        if ((Current.Is("~") || Current.Is("-")) && StartsRegisterOrMemory(Following))
        {
            var kind = Take().Text == "~" ? MoveKind.Not : MoveKind.Negate;
            return new MoveStatement(target, kind, Operand(), position);
        }
        if (Current.Is("@") && Following.Is("["))
        {
            var start = Take().Position;
            return new MoveStatement(
                target,
                MoveKind.EffectiveAddress,
                Memory(null, null, start),
                position
            );
        }
        return new MoveStatement(target, MoveKind.Plain, Operand(), position);
    }

    private static bool StartsRegisterOrMemory(Token token) =>
        token.Is(".")
        || token.Is("[")
        || (token.Kind == TokenKind.Word && Register.Find(token.Text) is not null);

    /// <summary>Parses an instruction by its own name, its prefix first.</summary>
    private InstructionStatement Instruction(Token token)
    {
        string? prefix = null;
        var word = token;
        if (token.Text.ToLowerInvariant() is "rep" or "repe" or "repne" or "repz" or "repnz")
        {
            prefix = token.Text.ToLowerInvariant();
            word = ExpectWord("a string instruction");
        }
        var mnemonic = word.Text.ToLowerInvariant();
        if (!Instructions.Exists(mnemonic))
        {
            throw Error(
                word.Position,
                $"'{word.Text}' is neither a statement nor an instruction of X# (a function is called with {word.Text}())"
            );
        }
        var operands = new List<Operand>();
        if (Current.Kind is not (TokenKind.EndOfLine or TokenKind.EndOfFile) && !Current.Is("}"))
        {
            do
            {
                operands.Add(Operand());
            } while (TakeIf(","));
        }
        return new InstructionStatement(mnemonic, prefix, operands, token.Position);
    }
}
