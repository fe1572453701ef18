using Cosmos.Multikernel.XSharp.Semantics;

namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>Repetition, if, while and their conditions.</summary>
internal sealed partial class Parser
{
    private RepeatStatement Repeat(Token keyword)
    {
        var count = Expression();
        if (!TakeIfWord("times"))
        {
            throw Expected("times");
        }
        var counter = TakeIfWord("as") ? ExpectWord("the name of the counter").Text : null;
        return new RepeatStatement(count, counter, InnerBlock(), keyword.Position);
    }

    private Statement If(Token keyword)
    {
        var condition = Condition();
        if (!Current.Is("{"))
        {
            return ConditionalJump(condition, keyword.Position);
        }
        var branches = new List<IfBranch> { new(condition, InnerBlock()) };
        while (TakeElse())
        {
            if (TakeIfWord("if"))
            {
                condition = Condition();
                branches.Add(new IfBranch(condition, InnerBlock()));
            }
            else
            {
                branches.Add(new IfBranch(null, InnerBlock()));
                break;
            }
        }
        return new IfStatement(branches, keyword.Position);
    }

    /// <summary>Takes an else that follows, on this line or a later one.</summary>
    private bool TakeElse()
    {
        var start = at;
        while (Current.Kind == TokenKind.EndOfLine)
        {
            at++;
        }
        if (TakeIfWord("else"))
        {
            return true;
        }
        at = start;
        return false;
    }

    private ConditionalJump ConditionalJump(Condition condition, Position position)
    {
        if (TakeIfWord("return"))
        {
            return new ConditionalJump(condition, null, position);
        }
        if (TakeIfWord("goto"))
        {
            return new ConditionalJump(condition, Target(), position);
        }
        throw Expected("'{', return or goto after the condition");
    }

    private Condition Condition()
    {
        var position = Current.Position;
        var terms = new List<Condition>();
        do
        {
            terms.Add(Conjunction());
        } while (TakeIfWord("or"));
        return terms.Count == 1 ? terms[0] : new AnyOf(terms, position);
    }

    private Condition Conjunction()
    {
        var position = Current.Position;
        var terms = new List<Condition>();
        do
        {
            terms.Add(Term());
        } while (TakeIfWord("and"));
        return terms.Count == 1 ? terms[0] : new AllOf(terms, position);
    }

    private Condition Term()
    {
        var position = Current.Position;
        var signed = TakeIfWord("signed");
        if (RelationAt(Current) is { } alone)
        {
            at++;
            return new FlagRelation(alone, signed, position);
        }
        var negated = !signed && TakeIfWord("not");
        if (!signed && FlagAt(Current) is { } flag)
        {
            at++;
            return new FlagCondition(flag, !negated, position);
        }
        var left = Operand();
        if (TakeIf("&"))
        {
            return Bits(left, negated, position);
        }
        if (negated)
        {
            throw Expected("'&' (not is for flags and for bits: not EAX & 8)");
        }
        if (RelationAt(Current) is not { } relation)
        {
            throw Expected("a comparison: = != < > <= >= or &");
        }
        at++;
        return new Comparison(left, relation, Operand(), signed, position);
    }

    /// <summary>Parses the mask of <c>EAX &amp; 8</c>; <c>= 0</c> and <c>!= 0</c> may follow.</summary>
    private BitTest Bits(Operand left, bool negated, Position position)
    {
        var mask = Operand();
        var anySet = !negated;
        if (RelationAt(Current) is Relation.Equal or Relation.NotEqual)
        {
            var relation = RelationAt(Take());
            if (Current.Kind != TokenKind.Number || !Number(Current).Value.IsZero)
            {
                throw Expected("0: a test of bits is for any set (EAX & 8) or none (not EAX & 8)");
            }
            at++;
            anySet ^= relation == Relation.Equal;
        }
        return new BitTest(left, mask, anySet, position);
    }

    private static Relation? RelationAt(Token token) =>
        token.Kind != TokenKind.Sign
            ? null
            : token.Text switch
            {
                "=" => Relation.Equal,
                "!=" => Relation.NotEqual,
                "<" => Relation.Below,
                ">" => Relation.Above,
                "<=" => Relation.BelowOrEqual,
                ">=" => Relation.AboveOrEqual,
                _ => null,
            };

    private static string? FlagAt(Token token) =>
        token.Kind != TokenKind.Word
            ? null
            : token.Text.ToLowerInvariant() switch
            {
                "carry" => "C",
                "overflow" => "O",
                "zero" => "Z",
                "sign" => "S",
                "parity" => "P",
                _ => null,
            };
}
