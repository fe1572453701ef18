using Cosmos.Multikernel.Bench.Messages;
using Cosmos.Multikernel.Bench.Messages.Contestants;

// Messages between two cores, one run, side by side. `--quick` looks only whether it runs. `pauses`
// measures the host itself instead.
if (Environment.ProcessorCount < 2)
{
    Console.Error.WriteLine("Messages between two cores need two cores.");
    return 1;
}
if (args is ["pauses"])
{
    HostPauses.Run();
    return 0;
}
bool quick = args.Contains("--quick");
using TypedCalls typed = new();
Comparison.Run(rounds: quick ? 5 : 150, typed);
Comparison.RunInPlace(rounds: quick ? 3 : 15);
(double caller, double server) = typed.Allocated(quick ? 1_000 : 20_000);
Row.Print("typed call, allocated by the caller", caller, "B");
Row.Print("typed call, allocated by the server", server, "B");
if (!args.Contains("--goals"))
{
    Sizes.Run(rounds: quick ? 2 : 10, singles: quick ? 20 : 300, typed);
}
return 0;
