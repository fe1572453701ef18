using System.Globalization;
using System.Numerics;
using Cosmos.Multikernel.XSharp.Semantics;

namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>Expressions: what the assembler computes, with the precedence of C (NASM has the same).</summary>
internal sealed partial class Parser
{
    // A tree as deep as its operators are many: bounded, since later passes walk it recursively.
    private const int MaximumOperators = 500;

    private static readonly string[][] Levels =
    [
        ["|"],
        ["^"],
        ["&"],
        ["<<", ">>"],
        ["+", "-"],
        ["*", "/", "%"],
    ];

    private int operators;

    /// <summary>What a name alone means in the expression at hand.</summary>
    private enum Names
    {
        /// <summary>An error: constants and addresses have a sign in front.</summary>
        Refused,

        /// <summary>An address: after goto and call.</summary>
        Addresses,

        /// <summary>A register: inside <c>[..]</c>.</summary>
        Registers,
    }

    private Expression Expression(Names names = Names.Refused)
    {
        operators = 0;
        return Level(0, names);
    }

    private Expression Level(int level, Names names)
    {
        if (level == Levels.Length)
        {
            return Unary(names);
        }
        var left = Level(level + 1, names);
        while (Current.Kind == TokenKind.Sign && Levels[level].Contains(Current.Text))
        {
            var sign = Take();
            CountOperator(sign.Position);
            var right = Level(level + 1, names);
            left = new BinaryExpression(left, sign.Text, right, sign.Position);
        }
        return left;
    }

    private void CountOperator(Position position)
    {
        if (++operators > MaximumOperators)
        {
            throw new CompileException(
                position,
                DiagnosticCode.Limit,
                $"an expression has at most {MaximumOperators} operators"
            );
        }
    }

    private Expression Unary(Names names)
    {
        if (Current.Is("-") || Current.Is("~") || Current.Is("+"))
        {
            var sign = Take();
            Enter(sign.Position);
            var operand = Unary(names);
            Leave();
            return sign.Text == "+"
                ? operand
                : new UnaryExpression(sign.Text, operand, sign.Position);
        }
        return Primary(names);
    }

    private Expression Primary(Names names)
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                at++;
                return Number(token);
            case TokenKind.Text:
                at++;
                return Character(token);
            case TokenKind.Sign when token.Text == "(":
                at++;
                Enter(token.Position);
                var inner = Level(0, names);
                Leave();
                Expect(")");
                return inner;
            case TokenKind.Sign when token.Text == "#":
                at++;
                return new ConstantExpression(PlainName("the name of a constant"), token.Position);
            case TokenKind.Sign when token.Text == "@":
                at++;
                Expect(".");
                return new AddressExpression(Name("a name"), token.Position);
            case TokenKind.Word:
                return WordInExpression(token, names);
            default:
                throw Expected("a number, a constant (#C) or an address (@.V)");
        }
    }

    private Expression WordInExpression(Token token, Names names)
    {
        if (Register.Find(token.Text) is { } register)
        {
            if (names != Names.Registers)
            {
                throw Error(
                    token.Position,
                    $"{register.Name} is a register: expected something known while compiling (an address with registers is written @[{register.Name} + 4])"
                );
            }
            at++;
            return new RegisterExpression(register, token.Position);
        }
        if (names == Names.Addresses)
        {
            return new AddressExpression(Name("a name"), token.Position);
        }
        throw Error(
            token.Position,
            $"'{token.Text}' needs a sign in front: #{token.Text} is a constant, .{token.Text} the content, @.{token.Text} the address"
        );
    }

    private static NumberExpression Number(Token token)
    {
        var digits = token.Text.Replace("_", "");
        var hex =
            digits.StartsWith('$') ? digits[1..]
            : digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? digits[2..]
            : null;
        if (digits.Length > 32)
        {
            throw TooLarge(token);
        }
        BigInteger value;
        var understood = hex is null
            ? BigInteger.TryParse(
                digits,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out value
            )
            : BigInteger.TryParse(
                "0" + hex,
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out value
            )
                && hex.Length > 0;
        if (!understood)
        {
            throw Error(
                token.Position,
                $"expected a number (10, $FF or 0xFF), found '{token.Text}'"
            );
        }
        if (value > ulong.MaxValue)
        {
            throw TooLarge(token);
        }
        return new NumberExpression(
            value,
            hex is null
                ? value.ToString(CultureInfo.InvariantCulture)
                : "0x" + hex.ToUpperInvariant(),
            token.Position
        );
    }

    private static CompileException TooLarge(Token token) =>
        new(
            token.Position,
            DiagnosticCode.Range,
            $"{(token.Text.Length > 40 ? "the number" : token.Text)} does not fit in 64 bits"
        );

    private static NumberExpression Character(Token token)
    {
        if (token.Text.Length != 1 || token.Text[0] > 0x7F)
        {
            throw Error(token.Position, "expected one ASCII character between the quotes");
        }
        int value = token.Text[0];
        return new NumberExpression(
            value,
            value.ToString(CultureInfo.InvariantCulture),
            token.Position
        );
    }

    /// <summary>Parses <c>A</c>, <c>A.B</c> and, with a number appended, <c>Stub#N</c>.</summary>
    private Name Name(string what)
    {
        var name = PlainName(what);
        if (!Current.Is("#") || !Current.Attached)
        {
            return name;
        }
        var sign = Take();
        Expression number =
            Current.Kind == TokenKind.Number
                ? Number(Take())
                : new ConstantExpression(PlainName("a constant or counter"), sign.Position);
        return name with { Number = number };
    }

    private Name PlainName(string what)
    {
        var first = ExpectWord(what);
        List<string> parts = [first.Text];
        while (
            Current.Is(".")
            && Current.Attached
            && Following is { Kind: TokenKind.Word, Attached: true }
        )
        {
            at++;
            parts.Add(Take().Text);
        }
        return new Name(parts, null, first.Position);
    }
}
