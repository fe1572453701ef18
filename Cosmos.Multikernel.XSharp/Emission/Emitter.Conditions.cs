using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>Conditions: compare, then jump on the flags.</summary>
internal sealed partial class Emitter
{
    /// <summary>Goes to a label when the condition holds, and on otherwise.</summary>
    private void JumpIf(Condition condition, string target)
    {
        switch (condition)
        {
            case AnyOf any:
                foreach (var term in any.Terms)
                {
                    JumpIf(term, target);
                }
                break;
            case AllOf all:
                var skip = $"{NextBlock()}_Skip";
                foreach (var term in all.Terms.SkipLast(1))
                {
                    JumpUnless(term, skip);
                }
                JumpIf(all.Terms[^1], target);
                code.Label(skip);
                break;
            default:
                Jump(condition, true, target);
                break;
        }
    }

    /// <summary>Goes to a label when the condition does not hold, and on otherwise.</summary>
    private void JumpUnless(Condition condition, string target)
    {
        switch (condition)
        {
            case AllOf all:
                foreach (var term in all.Terms)
                {
                    JumpUnless(term, target);
                }
                break;
            case AnyOf any:
                var then = $"{NextBlock()}_Then";
                foreach (var term in any.Terms.SkipLast(1))
                {
                    JumpIf(term, then);
                }
                JumpUnless(any.Terms[^1], target);
                code.Label(then);
                break;
            default:
                Jump(condition, false, target);
                break;
        }
    }

    private void Jump(Condition condition, bool when, string target)
    {
        if (Decide(condition) is { } decided)
        {
            if (decided == when)
            {
                Instruct($"jmp {target}");
            }
            return;
        }
        // Near, since the block may be larger than a short jump reaches.
        Instruct($"J{Code(condition, when)} near {target}");
    }

    /// <summary>Sets the flags for a condition; gives the condition code under which it holds (or does not).</summary>
    private string Code(Condition condition, bool holds)
    {
        switch (condition)
        {
            case Comparison comparison:
                RefuseNumber(comparison.Left);
                OperandWriter.CheckHighBytes(comparison.Left, comparison.Right);
                Binary("cmp", comparison.Left, comparison.Right, comparison.Position);
                return Code(comparison.Relation, comparison.Signed, holds);
            case BitTest test:
                RefuseNumber(test.Left);
                OperandWriter.CheckHighBytes(test.Left, test.Mask);
                Binary("test", test.Left, test.Mask, test.Position);
                return test.AnySet == holds ? "NZ" : "Z";
            case FlagRelation relation:
                return Code(relation.Relation, relation.Signed, holds);
            case FlagCondition flag:
                return flag.Set == holds ? flag.Code : "N" + flag.Code;
            default:
                throw new InvalidOperationException(condition.GetType().Name);
        }
    }

    private static void RefuseNumber(Operand left)
    {
        if (left is ImmediateOperand)
        {
            throw new CompileException(
                left.Position,
                DiagnosticCode.Operand,
                "expected a register or memory on the left of a comparison"
            );
        }
    }

    private static string Code(Relation relation, bool signed, bool holds)
    {
        if (!holds)
        {
            relation = relation switch
            {
                Relation.Equal => Relation.NotEqual,
                Relation.NotEqual => Relation.Equal,
                Relation.Below => Relation.AboveOrEqual,
                Relation.Above => Relation.BelowOrEqual,
                Relation.BelowOrEqual => Relation.Above,
                _ => Relation.Below,
            };
        }
        return relation switch
        {
            Relation.Equal => "E",
            Relation.NotEqual => "NE",
            Relation.Below => signed ? "L" : "B",
            Relation.Above => signed ? "G" : "A",
            Relation.BelowOrEqual => signed ? "LE" : "BE",
            _ => signed ? "GE" : "AE",
        };
    }
}
