namespace Cosmos.Multikernel.Tests.Instances.Records;

/// <summary>Runs cases one after the other and prints a record for each.</summary>
internal static class TestSuite
{
    /// <summary>Runs <paramref name="cases"/>.</summary>
    /// <returns>The program's exit status: 0 when all passed, 1 otherwise.</returns>
    public static int Run(string suite, IReadOnlyList<TestCase> cases)
    {
        var failed = 0;
        foreach (var testCase in cases)
        {
            var failure = Failure(testCase, out var message);
            if (failure is null)
            {
                TestRecord.Passed($"{suite}.{testCase.Name}", message);
            }
            else
            {
                failed++;

                // In full for people; in the record, which must fit a line of the console, its first line.
                Console.WriteLine(failure);
                TestRecord.Failed($"{suite}.{testCase.Name}", failure.Split('\n')[0]);
            }
        }

        TestRecord.Done(suite, cases.Count - failed, failed);
        return failed == 0 ? 0 : 1;
    }

    /// <summary>Runs one case.</summary>
    /// <returns>Why it failed, or null.</returns>
    public static string? Failure(TestCase testCase, out string message)
    {
        if (testCase.Limit is not { } limit)
        {
            return Attempt(testCase, out message);
        }

        string? failure = null;
        var said = "";
        var thread = new Thread(() => failure = Attempt(testCase, out said))
        {
            IsBackground = true,
        };
        thread.Start();
        var finished = thread.Join(limit);
        message = finished ? said : "";
        return finished ? failure : $"did not finish within {limit.TotalSeconds:0} s";
    }

    private static string? Attempt(TestCase testCase, out string message)
    {
        message = "";
        try
        {
            message = testCase.Body();
            return null;
        }
        catch (Exception exception)
        {
            return exception.ToString();
        }
    }
}
