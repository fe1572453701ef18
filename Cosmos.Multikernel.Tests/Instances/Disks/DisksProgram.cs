using Cosmos.Multikernel.Tests.Instances.Disks;
using Cosmos.Multikernel.Tests.Instances.Records;

// `disk-user GOOD BAD`: an ordinary program that reads what the host has put on a disk, writes what the host reads afterwards, and meets a
// disk with a damaged place. At last it works on the first disk until it is told to stop, whatever happens to the disk's driver.
string good = args[0];
string bad = args[1];
TestCase[] cases =
[
    new("tree", () => KnownTree.Check(good)),
    new("made", () => MadeTree.Write(Path.Combine(good, MadeTree.Directory))),
    new("damaged", () => DamagedFile.Read(bad)),
    new("endurance", () => Endurance.Run(Path.Combine(good, "busy"), "/tmp/stop")),
];
return TestSuite.Run("disk-user", cases);
