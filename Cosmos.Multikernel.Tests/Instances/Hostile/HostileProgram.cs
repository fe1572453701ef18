using Cosmos.Multikernel;
using Cosmos.Multikernel.Files;
using Cosmos.Multikernel.Tests.Instances.Hostile;
using Cosmos.Multikernel.Tests.Instances.Records;

if (Instance.IsHosted)
{
    Console.Error.WriteLine(
        "hostile: only on the metal; as root on Linux, random system calls do real damage"
    );
    return 2;
}

// It is the CPU driver that is attacked. Calls about files would reach the file client, and are made here in a way that keeps the
// collector waiting: Host/Files and the file user attack that one.
FileClient.Stop();
return TestSuite.Run(HostileTable.Suite, HostileTable.Cases);
