using Cosmos.Multikernel;
using Cosmos.Multikernel.Tests.Instances.Ladder;
using Cosmos.Multikernel.Tests.Instances.Records;

// `ladder` runs every rung; `ladder NAME...` only those named, so that a broken one can be looked at alone.
var unknown = args.Where(name => LadderTable.Cases.All(rung => rung.Name != name)).ToList();
if (unknown.Count > 0)
{
    Console.Error.WriteLine($"ladder: no rung is named {string.Join(", ", unknown)}");
    return 2;
}

return TestSuite.Run(
    LadderTable.Suite,
    [
        .. LadderTable.Cases.Where(rung =>
            args.Contains(rung.Name)
            || (args.Length == 0 && !(rung.OnMetalOnly && Instance.IsHosted))
        ),
    ]
);
