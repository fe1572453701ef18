using Cosmos.Multikernel.Tests.Instances.Disks;
using Cosmos.Multikernel.Tests.Instances.Records;

// `disk-user GOOD BAD`: an ordinary program that reads what the host has put on a disk, writes what the host reads afterwards, and meets a
// disk with a damaged place. At last it works on the first disk until it is told to stop, whatever happens to the disk's driver.
// `disk-user DISK`: it performs the steps that the host has chosen, until they are done or the power fails.
string good = args[0];
TestCase[] cases =
    args.Length == 1
        ? [new("steps", () => FileSteps.Run(good))]
        :
        [
            new("tree", () => KnownTree.Check(good)),
            new("made", () => MadeTree.Write(Path.Combine(good, MadeTree.Directory))),
            new("damaged", () => DamagedFile.Read(args[1])),
            new("endurance", () => Endurance.Run(Path.Combine(good, "busy"), "/tmp/stop")),
        ];
return TestSuite.Run("disk-user", cases);
