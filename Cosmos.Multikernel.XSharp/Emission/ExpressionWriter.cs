using System.Globalization;
using System.Numerics;
using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>
/// Writes expressions for NASM, names kept so that the output can be read, and notes which externs and
/// constants they need. Addresses in an <c>org</c> stretch are written as they will be when the code runs there.
/// </summary>
internal sealed class ExpressionWriter(SymbolTable table)
{
    private const int Additive = 4;
    private const int Highest = 7;

    private readonly SortedSet<string> externs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Constant> constants = [];
    private readonly List<Constant> constantOrder = [];

    /// <summary>Symbols of other objects that the output names.</summary>
    public IEnumerable<string> Externs => externs;

    /// <summary>Constants that the output names, in the order of their first use.</summary>
    public IReadOnlyList<Constant> Constants => constantOrder;

    /// <summary>An expression whose addresses are those at which the code runs.</summary>
    public string Write(Expression expression, Context context) =>
        Write(expression, context, false).Text;

    /// <summary>An expression whose addresses are those that the linker gives.</summary>
    public string WriteLinked(Expression expression, Context context) =>
        Write(expression, context, true).Text;

    /// <summary>The name of a symbol, noted as extern when it lies elsewhere.</summary>
    public string Write(Symbol symbol)
    {
        var text = Escape(symbol.Name);
        if (symbol.IsElsewhere)
        {
            externs.Add(text);
        }
        return text;
    }

    /// <summary>A name without a prefix could be a word of NASM: the dollar sign says that it is none.</summary>
    public static string Escape(string name) => name.Contains('_') ? name : "$" + name;

    public void Use(Constant constant)
    {
        if (constants.TryAdd(constant.Name, constant))
        {
            constantOrder.Add(constant);
        }
    }

    /// <summary>The value of a constant as NASM writes it.</summary>
    public string ValueOf(Constant constant)
    {
        var context = new Context { Namespace = constant.Namespace };
        return constant.Value is NumberExpression number ? number.Text
            : table.Evaluate(constant.Value, context) is { } value ? Number(value)
            : $"({Write(constant.Value, context)})";
    }

    /// <summary>
    /// Splits an expression into one symbol and a number: the form that a RIP-relative operand can have.
    /// Null when it is of another form, or known while compiling.
    /// </summary>
    public (Symbol Symbol, BigInteger Offset)? Split(Expression expression, Context context)
    {
        return Part(expression, context) is ({ } symbol, var offset) ? (symbol, offset) : null;

        (Symbol? Symbol, BigInteger Offset)? Part(Expression part, Context where)
        {
            if (table.Evaluate(part, where) is { } known)
            {
                return (null, known);
            }
            switch (part)
            {
                case AddressExpression address:
                    return (table.Resolve(address.Name, where), 0);
                case ConstantExpression constant:
                    var definition = table.Resolve(constant, where);
                    return Part(definition.Value, new Context { Namespace = definition.Namespace });
                case BinaryExpression { Operator: "+" or "-" } sum:
                    var left = Part(sum.Left, where);
                    var right = Part(sum.Right, where);
                    if (left is null || right is null)
                    {
                        return null;
                    }
                    if (sum.Operator == "-")
                    {
                        return right.Value.Symbol is null
                            ? (left.Value.Symbol, left.Value.Offset - right.Value.Offset)
                            : null;
                    }
                    return left.Value.Symbol is not null && right.Value.Symbol is not null
                        ? null
                        : (
                            left.Value.Symbol ?? right.Value.Symbol,
                            left.Value.Offset + right.Value.Offset
                        );
                default:
                    return null;
            }
        }
    }

    public static string Number(BigInteger value) =>
        value > 0xFFFF || value < -0xFFFF
            ? (value.Sign < 0 ? "-0x" : "0x")
                + BigInteger.Abs(value).ToString("X", CultureInfo.InvariantCulture).TrimStart('0')
            : value.ToString(CultureInfo.InvariantCulture);

    private (string Text, int Precedence) Write(Expression expression, Context context, bool linked)
    {
        switch (expression)
        {
            case NumberExpression number:
                return (number.Text, Highest);
            case ConstantExpression constant:
                if (SymbolTable.Counter(constant, context) is { } counter)
                {
                    return (Number(counter), Highest);
                }
                var definition = table.Resolve(constant, context);
                Use(definition);
                return (definition.Name, Highest);
            case AddressExpression address:
                return Address(table.Resolve(address.Name, context), address.Position, linked);
            case UnaryExpression unary:
                return (
                    unary.Operator + Wrapped(unary.Operand, Highest, context, linked),
                    Highest - 1
                );
            case BinaryExpression binary:
                // NASM divides and shifts without sign: what is known is computed here.
                if (
                    binary.Operator is "/" or "%" or ">>"
                    && table.Evaluate(binary, context) is { } known
                )
                {
                    return (Number(known), known.Sign < 0 ? Highest - 1 : Highest);
                }
                var precedence = PrecedenceOf(binary.Operator);
                return (
                    Wrapped(binary.Left, precedence, context, linked)
                        + $" {binary.Operator} "
                        + Wrapped(binary.Right, precedence + 1, context, linked),
                    precedence
                );
            default:
                throw new CompileException(
                    expression.Position,
                    DiagnosticCode.Operand,
                    "a register has no value while compiling"
                );
        }
    }

    private string Wrapped(Expression expression, int least, Context context, bool linked)
    {
        var (text, precedence) = Write(expression, context, linked);
        return precedence < least ? $"({text})" : text;
    }

    private (string Text, int Precedence) Address(Symbol symbol, Position position, bool linked)
    {
        if (linked || symbol.Origin is null)
        {
            return (Write(symbol), Highest);
        }
        if (symbol.IsElsewhere)
        {
            throw new CompileException(
                position,
                DiagnosticCode.Operand,
                $"{symbol.Name} lies in an org stretch of another file: only its linked address is known here (absolute @.{symbol.Name})"
            );
        }
        return (
            $"{symbol.Name} - {symbol.Origin.Marker} + {Number(symbol.Origin.Address)}",
            Additive
        );
    }

    private static int PrecedenceOf(string sign) =>
        sign switch
        {
            "|" => 0,
            "^" => 1,
            "&" => 2,
            "<<" or ">>" => 3,
            "+" or "-" => Additive,
            _ => 5,
        };
}
