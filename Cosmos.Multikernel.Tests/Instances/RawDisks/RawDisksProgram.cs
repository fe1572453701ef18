using Cosmos.Multikernel;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Tests.Instances.RawDisks;
using Cosmos.Multikernel.Tests.Instances.Records;

// `raw-disk-user [silent] DISK ...`: DISK is a name ("disk0"), with a sector that cannot be read and how that fails ("disk0=MediaError"), or that of the
// boot medium ("disk1-0=medium"). With `silent` all but the medium do not answer for a while.
using var loop = EventLoop.Instance;
var failures = 0;
loop.Run(async () =>
{
    var areSilent = args[0] == "silent";
    var named = areSilent ? args[1..] : args;
    foreach (var argument in named)
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

    // Last, and one after the other: QEMU resets a disk that does not answer only when it does.
    string[] disks =
    [
        .. named
            .Where(argument => areSilent && !argument.EndsWith("=medium"))
            .Select(argument => argument.Split('=')[0]),
    ];
    for (var number = 0; number < disks.Length; number++)
    {
        var name = disks[number];
        var besides = disks.Length > 1 ? disks[(number + 1) % disks.Length] : null;
        await RunAsync($"{name}.silence", () => RawDisk.MeetSilenceAsync(name, besides));
    }

    await RunAsync("parking", () => RawDisk.ParkAsync(named[0].Split('=')[0]));
});
TestRecord.Done("raw-disk-user", 0, failures);
return failures;

async Task RunAsync(string name, Func<Task<string>> body) =>
    failures += await TestRecord.RunAsync($"raw-disk-user.{name}", body) ? 0 : 1;
