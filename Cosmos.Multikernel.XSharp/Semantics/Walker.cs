using System.Numerics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Semantics;

/// <summary>
/// Goes through the statements of a file in the order in which they take effect: keeps namespace, code size,
/// section and origin, repeats what is to be repeated, and takes the branches that are decided while compiling.
/// The binder (which declares) and the emitter (which writes) both derive from it, so that they cannot disagree.
/// </summary>
internal abstract class Walker(SymbolTable table, Diagnostics diagnostics)
{
    /// <summary>Most statements one file expands to; more is a mistake in a repeat.</summary>
    internal const int MaximumExpansion = 200_000;

    private readonly Dictionary<string, SectionDirective> sections = [];
    private int visited;
    private int origins;
    private bool exhausted;

    protected SymbolTable Table => table;

    protected Diagnostics Diagnostics => diagnostics;

    protected Context Context { get; set; } = new();

    protected void Walk(IReadOnlyList<Statement> statements)
    {
        foreach (var statement in statements)
        {
            if (exhausted)
            {
                return;
            }
            try
            {
                Count(statement.Position);
                Visit(statement);
            }
            catch (CompileException exception)
            {
                diagnostics.Report(exception);
            }
        }
    }

    /// <summary>A directive took effect; <see cref="Context"/> is the new one.</summary>
    protected virtual void OnDirective(Statement directive) { }

    /// <summary>A statement that is neither directive nor decided while compiling.</summary>
    protected abstract void OnStatement(Statement statement);

    /// <summary>An if that is decided at run time; branches known not to be taken are gone.</summary>
    protected abstract void OnIf(IReadOnlyList<IfBranch> branches, Position position);

    private void Visit(Statement statement)
    {
        switch (statement)
        {
            case NamespaceDirective directive:
                Context = Context with { Namespace = directive.Name };
                OnDirective(statement);
                break;
            case BitsDirective directive:
                Context = Context with { Bits = directive.Bits };
                OnDirective(statement);
                break;
            case SectionDirective directive:
                Context = Context with { Section = Known(directive), Origin = null };
                OnDirective(statement);
                break;
            case OriginDirective directive:
                var address = table.Need(directive.Address, Context, "the address of org");
                Context = Context with
                {
                    Origin = new Origin(Context.Qualify($"Origin{++origins}"), address),
                };
                OnDirective(statement);
                break;
            case RepeatStatement repeat:
                Repeat(repeat);
                break;
            case IfStatement choice:
                If(choice);
                break;
            default:
                OnStatement(statement);
                break;
        }
    }

    /// <summary>The section as it stood first; attributes may be left out when it is entered again.</summary>
    private SectionDirective Known(SectionDirective directive)
    {
        if (sections.TryAdd(directive.Name, directive))
        {
            return directive;
        }
        var first = sections[directive.Name];
        var same =
            directive.Bare
            || (
                first.Executable == directive.Executable
                && first.Writable == directive.Writable
                && first.NoBits == directive.NoBits
            );
        return same
            ? first
            : throw new CompileException(
                directive.Position,
                DiagnosticCode.Placement,
                $"section {directive.Name} has other attributes in line {first.Position.Line}"
            );
    }

    private void Repeat(RepeatStatement repeat)
    {
        var times = table.Need(
            repeat.Count,
            Context,
            "the number of repetitions",
            0,
            MaximumExpansion
        );
        var outer = Context.Counters;
        for (BigInteger i = 0; i < times && !exhausted; i++)
        {
            Count(repeat.Position);
            if (repeat.Counter is not null)
            {
                Context = Context with { Counters = outer.SetItem(repeat.Counter, i) };
            }
            Walk(repeat.Body);
        }
        Context = Context with { Counters = outer };
    }

    private void If(IfStatement choice)
    {
        var live = new List<IfBranch>();
        foreach (var branch in choice.Branches)
        {
            var decided = branch.Condition is null ? true : Decide(branch.Condition);
            if (decided == true)
            {
                live.Add(new IfBranch(null, branch.Body));
                break;
            }
            if (decided is null)
            {
                live.Add(branch);
            }
        }
        if (live is [{ Condition: null } only])
        {
            Walk(only.Body);
        }
        else if (live.Count > 0)
        {
            OnIf(live, choice.Position);
        }
    }

    /// <summary>Whether a condition holds, when that is known while compiling.</summary>
    protected bool? Decide(Condition condition)
    {
        switch (condition)
        {
            case Comparison
            {
                Left: ImmediateOperand left,
                Right: ImmediateOperand right
            } comparison:
                return
                    table.Evaluate(left.Value, Context) is { } a
                    && table.Evaluate(right.Value, Context) is { } b
                    ? comparison.Relation switch
                    {
                        Relation.Equal => a == b,
                        Relation.NotEqual => a != b,
                        Relation.Below => a < b,
                        Relation.Above => a > b,
                        Relation.BelowOrEqual => a <= b,
                        _ => a >= b,
                    }
                    : null;
            case BitTest { Left: ImmediateOperand left, Mask: ImmediateOperand mask } test:
                return
                    table.Evaluate(left.Value, Context) is { } bits
                    && table.Evaluate(mask.Value, Context) is { } wanted
                    ? (bits & wanted).IsZero != test.AnySet
                    : null;
            case AllOf all:
                var terms = all.Terms.Select(Decide).ToList();
                return terms.Contains(false) ? false
                    : terms.Contains(null) ? null
                    : true;
            case AnyOf any:
                terms = [.. any.Terms.Select(Decide)];
                return terms.Contains(true) ? true
                    : terms.Contains(null) ? null
                    : false;
            default:
                return null;
        }
    }

    private void Count(Position position)
    {
        if (++visited > MaximumExpansion)
        {
            exhausted = true;
            throw new CompileException(
                position,
                DiagnosticCode.Limit,
                $"the file expands to more than {MaximumExpansion} statements: look at its repeats"
            );
        }
    }
}
