using Cosmos.Multikernel.Tests.Instances.OutOfMemory;
using Cosmos.Multikernel.Tests.Instances.Records;

// `out-of-memory NAME...` runs the cases named, in the order of the table.
return TestSuite.Run(
    OutOfMemoryTable.Suite,
    [.. OutOfMemoryTable.Cases.Where(testCase => args.Contains(testCase.Name))]
);
