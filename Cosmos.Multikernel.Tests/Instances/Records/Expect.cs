using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.Tests.Instances.Records;

/// <summary>What a test case checks with, on a machine where no test framework runs.</summary>
internal static class Expect
{
    public static void That(
        bool condition,
        [CallerArgumentExpression(nameof(condition))] string? expression = null
    )
    {
        if (!condition)
        {
            throw new ExpectationException($"expected {expression}");
        }
    }

    public static void Equal<T>(
        T expected,
        T actual,
        [CallerArgumentExpression(nameof(actual))] string? expression = null
    )
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ExpectationException($"{expression}: expected {expected}, was {actual}");
        }
    }

    public static TException Throws<TException>(
        Action action,
        [CallerArgumentExpression(nameof(action))] string? expression = null
    )
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException exception)
        {
            return exception;
        }

        throw new ExpectationException(
            $"{expression}: expected {typeof(TException).Name}, nothing was thrown"
        );
    }
}

/// <summary>An expectation that did not hold.</summary>
internal sealed class ExpectationException(string message) : Exception(message);
