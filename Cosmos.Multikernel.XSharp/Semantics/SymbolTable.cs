using System.Numerics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Semantics;

/// <summary>The names of one compilation, and the values of its constant expressions.</summary>
internal sealed class SymbolTable
{
    // Evaluation recurses through expressions and through constants defined by constants: bounded for the stack.
    private const int MaximumDepth = 1500;

    private static readonly BigInteger Largest = ulong.MaxValue;
    private static readonly BigInteger Smallest = long.MinValue;

    private readonly Dictionary<string, Symbol> symbols = [];
    private readonly Dictionary<string, Constant> constants = [];
    private readonly Dictionary<string, BigInteger?> values = [];
    private readonly HashSet<string> evaluating = [];
    private readonly HashSet<string> failed = [];
    private readonly HashSet<string> doubtful = [];
    private int depth;

    public List<Structure> Structures { get; } = [];

    public List<SharedConstant> SharedConstants { get; } = [];

    public void AddDoubtful(IEnumerable<string> names) => doubtful.UnionWith(names);

    public void Declare(Symbol symbol)
    {
        if (!symbols.TryGetValue(symbol.Name, out var existing))
        {
            symbols.Add(symbol.Name, symbol);
        }
        else if (!(existing.IsExit && symbol.IsExit) && !IsRepeatedExtern(existing, symbol))
        {
            throw Twice(symbol.Name, symbol.Position, existing.Position);
        }
    }

    /// <summary>An extern may be said again, or for something that a used file declares.</summary>
    private static bool IsRepeatedExtern(Symbol existing, Symbol symbol) =>
        existing.IsElsewhere && symbol.Kind == SymbolKind.Extern;

    public void Declare(Constant constant)
    {
        if (constants.TryGetValue(constant.Name, out var existing))
        {
            throw Twice(constant.Name, constant.Position, existing.Position);
        }
        constants.Add(constant.Name, constant);
    }

    private static CompileException Twice(string name, Position position, Position first) =>
        new(
            position,
            DiagnosticCode.Name,
            $"'{name}' is declared already in {Path.GetFileName(first.File)}, line {first.Line}"
        );

    /// <summary>The text of a name, its number evaluated: <c>Stub#N</c> is <c>Stub14</c>.</summary>
    public string TextOf(Name name, Context context)
    {
        var text = string.Join('_', name.Parts);
        if (name.Number is null)
        {
            return text;
        }
        var number = Need(name.Number, context, "the number of a label");
        return number.Sign >= 0
            ? text + number
            : throw new CompileException(
                name.Position,
                DiagnosticCode.Range,
                $"the number of a label cannot be negative: {number}"
            );
    }

    /// <summary>Finds what a name stands for: in the function, in the namespace, anywhere.</summary>
    public Symbol Resolve(Name name, Context context)
    {
        var text = TextOf(name, context);
        if (
            (
                context.Function is { } function
                && symbols.TryGetValue($"{function}_{text}", out var symbol)
            )
            || symbols.TryGetValue(context.Qualify(text), out symbol)
            || symbols.TryGetValue(text, out symbol)
        )
        {
            return symbol;
        }
        throw Unknown(
            name,
            $"'{text}' is declared neither in this file nor in one that it uses (extern {text} declares a symbol of another object)"
        );
    }

    public Constant Resolve(ConstantExpression expression, Context context)
    {
        var parts = expression.Name.Parts;
        var text = string.Join('_', parts);
        if (
            constants.TryGetValue(context.Qualify($"Const_{text}"), out var constant)
            || (
                parts.Count > 1
                && constants.TryGetValue(
                    $"{parts[0]}_Const_{string.Join('_', parts.Skip(1))}",
                    out constant
                )
            )
            || constants.TryGetValue($"Const_{text}", out constant)
        )
        {
            return constant;
        }
        throw Unknown(
            expression.Name,
            $"no constant, structure field or counter is called '{string.Join('.', parts)}'"
        );
    }

    private CompileException Unknown(Name name, string message) =>
        // A name whose declaration was not understood has had its error already.
        new(name.Position, DiagnosticCode.Name, name.Parts.Any(doubtful.Contains) ? "" : message);

    /// <summary>The counter that an expression names, if it is one.</summary>
    public static BigInteger? Counter(ConstantExpression expression, Context context) =>
        expression.Name.Parts.Count == 1
        && context.Counters.TryGetValue(expression.Name.Parts[0], out var value)
            ? value
            : null;

    /// <summary>Evaluates an expression that must be known while compiling.</summary>
    public BigInteger Need(Expression expression, Context context, string what) =>
        Evaluate(expression, context)
        ?? throw new CompileException(
            expression.Position,
            DiagnosticCode.Operand,
            $"{what} must be known while compiling, but an address is not"
        );

    /// <summary>Evaluates an expression within limits.</summary>
    public int Need(Expression expression, Context context, string what, int least, int most)
    {
        var value = Need(expression, context, what);
        return value >= least && value <= most
            ? (int)value
            : throw new CompileException(
                expression.Position,
                DiagnosticCode.Range,
                $"{what} is {least} to {most}, not {value}"
            );
    }

    /// <summary>The value of an expression; null when it holds an address, which the linker knows first.</summary>
    public BigInteger? Evaluate(Expression expression, Context context)
    {
        depth++;
        try
        {
            return depth <= MaximumDepth
                ? Value(expression, context)
                : throw new CompileException(
                    expression.Position,
                    DiagnosticCode.Limit,
                    "too many constants are defined by one another"
                );
        }
        finally
        {
            depth--;
        }
    }

    private BigInteger? Value(Expression expression, Context context)
    {
        switch (expression)
        {
            case NumberExpression number:
                return number.Value;
            case ConstantExpression constant:
                return Counter(constant, context) ?? ValueOf(Resolve(constant, context), constant);
            case AddressExpression address:
                Resolve(address.Name, context);
                return null;
            case UnaryExpression unary:
                var operand = Evaluate(unary.Operand, context);
                return operand is null
                    ? null
                    : Limited(unary.Operator == "-" ? -operand.Value : ~operand.Value, expression);
            case BinaryExpression binary:
                var left = Evaluate(binary.Left, context);
                var right = Evaluate(binary.Right, context);
                return left is null || right is null
                    ? null
                    : Limited(Compute(left.Value, binary, right.Value), expression);
            case LargestExpression largest:
                return largest.Of.Aggregate(
                    (BigInteger?)BigInteger.Zero,
                    (most, next) =>
                        most is { } a && Evaluate(next, context) is { } b
                            ? BigInteger.Max(a, b)
                            : null
                );
            default:
                throw new CompileException(
                    expression.Position,
                    DiagnosticCode.Operand,
                    "a register has no value while compiling"
                );
        }
    }

    private BigInteger? ValueOf(Constant constant, ConstantExpression use)
    {
        if (values.TryGetValue(constant.Name, out var known))
        {
            return known;
        }
        if (failed.Contains(constant.Name))
        {
            // Its own error has been reported, at its declaration.
            throw new CompileException(use.Position, DiagnosticCode.Name, "");
        }
        if (!evaluating.Add(constant.Name))
        {
            throw new CompileException(
                use.Position,
                DiagnosticCode.Name,
                $"the constant {constant.Name} is defined by itself"
            );
        }
        try
        {
            var value = Evaluate(constant.Value, new Context { Namespace = constant.Namespace });
            values[constant.Name] = value;
            return value;
        }
        finally
        {
            if (!constant.IsElsewhere && !values.ContainsKey(constant.Name))
            {
                failed.Add(constant.Name);
            }
            evaluating.Remove(constant.Name);
        }
    }

    private static BigInteger Compute(BigInteger left, BinaryExpression binary, BigInteger right)
    {
        switch (binary.Operator)
        {
            case "+":
                return left + right;
            case "-":
                return left - right;
            case "*":
                return left * right;
            case "/" or "%" when right.IsZero:
                throw new CompileException(
                    binary.Position,
                    DiagnosticCode.Range,
                    "division by zero"
                );
            case "/":
                return left / right;
            case "%":
                return left % right;
            case "&":
                return left & right;
            case "|":
                return left | right;
            case "^":
                return left ^ right;
            default:
                if (right < 0 || right > 63)
                {
                    throw new CompileException(
                        binary.Right.Position,
                        DiagnosticCode.Range,
                        $"a number is shifted by 0 to 63, not {right}"
                    );
                }
                return binary.Operator == "<<" ? left << (int)right : left >> (int)right;
        }
    }

    private static BigInteger Limited(BigInteger value, Expression expression) =>
        value >= Smallest && value <= Largest
            ? value
            : throw new CompileException(
                expression.Position,
                DiagnosticCode.Range,
                "the result does not fit in 64 bits"
            );
}
