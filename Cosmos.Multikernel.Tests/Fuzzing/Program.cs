using Cosmos.Multikernel.Tests.Fuzzing;
using SharpFuzz;

// `Cosmos.Multikernel.Fuzz TARGET` under afl-fuzz, or under libfuzzer-dotnet with `--libfuzzer`. Cosmos.Multikernel.dll must
// have been instrumented with the sharpfuzz tool before.
var target = FuzzTargets.All.FirstOrDefault(entry => args.Contains(entry.Name)).Run;
if (target is null)
{
    Console.Error.WriteLine(
        $"Name a target: {string.Join(", ", FuzzTargets.All.Select(entry => entry.Name))}"
    );
    return 1;
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
