using Cosmos.Multikernel.Tests.Instances.OutOfMemory;
using Cosmos.Multikernel.Tests.Instances.Records;

// `out-of-memory NAME...` runs the cases named, in this order.
return TestSuite.Run(
    OutOfMemoryTable.Suite,
    [.. args.Select(name => OutOfMemoryTable.Cases.Single(testCase => testCase.Name == name))]
);
