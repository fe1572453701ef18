using Cosmos.Multikernel;
using Cosmos.Multikernel.Tests.Instances.Hostile;
using Cosmos.Multikernel.Tests.Instances.Records;

if (Instance.IsHosted)
{
    Console.Error.WriteLine(
        "hostile: only on the metal; as root on Linux, random system calls do real damage"
    );
    return 2;
}

return TestSuite.Run(HostileTable.Suite, HostileTable.Cases);
