using Cosmos.Multikernel.Tests.Fuzzing;
using SharpFuzz;

// `Cosmos.Multikernel.Fuzz TARGET` under afl-fuzz, or under libfuzzer-dotnet with `--libfuzzer`. What is fuzzed must have been
// instrumented with the sharpfuzz tool before: docs/messages.md. `TARGET FILE...` runs findings again, in this order.
var target = FuzzTargets.All.FirstOrDefault(entry => args.Contains(entry.Name)).Run;
if (target is null)
{
    Console.Error.WriteLine(
        $"Name a target: {string.Join(", ", FuzzTargets.All.Select(entry => entry.Name))}"
    );
    return 1;
}

var findings = args.Where(File.Exists).ToArray();
if (findings.Length > 0)
{
    var failures = 0;
    foreach (var finding in findings)
    {
        try
        {
            target(File.ReadAllBytes(finding));
        }
        catch (Exception exception)
        {
            Console.WriteLine($"{finding}: {exception}");
            failures++;
        }
    }

    Console.WriteLine($"{failures} of {findings.Length} inputs fail");
    return failures == 0 ? 0 : 1;
}

if (args.Contains("--libfuzzer"))
{
    Fuzzer.LibFuzzer.Run(input => target(input.ToArray()));
}
else
{
    Fuzzer.OutOfProcess.Run(input =>
    {
        using MemoryStream bytes = new();
        input.CopyTo(bytes);
        target(bytes.ToArray());
    });
}

return 0;
