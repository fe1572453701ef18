using Cosmos.Multikernel;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Tests.Instances.RawDisks;
using Cosmos.Multikernel.Tests.Instances.Records;

// `raw-disk-user DISK ...`: DISK is a name ("disk0"), with a sector that cannot be read and how that fails ("disk0=MediaError"), or that of the
// boot medium ("disk1-0=medium").
using var loop = EventLoop.Instance;
var failures = 0;
loop.Run(async () =>
{
    foreach (var argument in args)
    {
        var (name, kind) = argument.Split('=') is [var disk, var what]
            ? (disk, what)
            : (argument, "");
        if (kind == "medium")
        {
            await RunAsync($"{name}.medium", () => RawDisk.ReadMediumAsync(name));
            continue;
        }

        await RunAsync($"{name}.pattern", () => RawDisk.WriteAndReadAsync(name));
        if (kind != "")
        {
            var error = Enum.Parse<BlockError>(kind);
            await RunAsync($"{name}.error", () => RawDisk.MeetErrorAsync(name, error));
        }
    }
});
TestRecord.Done("raw-disk-user", 0, failures);
return failures;

async Task RunAsync(string name, Func<Task<string>> body) =>
    failures += await TestRecord.RunAsync($"raw-disk-user.{name}", body) ? 0 : 1;
