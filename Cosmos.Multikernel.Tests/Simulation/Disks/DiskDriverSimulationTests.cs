using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>
/// A disk's driver, the real one, against a device that a test plays in virtual time: requests that complete in any order, fail, or
/// never complete; devices that are reset by others, ask for it, lie, or are pulled out.
/// </summary>
[TestFixture("virtio")]
[TestFixture("nvme")]
[TestFixture("ahci")]
[TestFixture("ahci without queueing")]
[TestFixture("ide")]
[TestFixture("ide above 4 GB")]
[TestFixture("ide without bus master")]
[CancelAfter(120_000)]
public sealed class DiskDriverSimulationTests(string kind)
{
    private const int MostTurns = 3_000_000;
    private const int Sectors = 4096;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Test]
    public void RequestsCompleteInAnyOrder([Range(1, 8)] int seed) =>
        Run(
            seed,
            async (device, disk) =>
            {
                await DiskWork.RunAsync(disk, seed, requests: 150);
                Assert.That(device.Resets, Is.EqualTo(1), "the first one, at its start");
                Assert.That(device.MostUnderWay, Is.GreaterThan(Math.Min(4, device.Depth - 1)));
            }
        );

    /// <summary>The last that a disk hears before the power goes. When it does not go, the disk works again.</summary>
    [Test]
    public void AParkedDiskWorksAgain([Range(1, 4)] int seed) =>
        Run(
            seed,
            async (device, disk) =>
            {
                byte[] written = new byte[4096];
                new Random(seed).NextBytes(written);
                await disk.WriteAsync(8, written);
                await disk.FlushAsync();
                await ((DiskUnit)disk).ParkAsync();
                Assert.That(device.IsParked, Is.EqualTo(kind != "virtio"));
                // Once more, as when several ask for it.
                await ((DiskUnit)disk).ParkAsync();
                byte[] read = new byte[written.Length];
                await disk.ReadAsync(8, read);
                Assert.That(read, Is.EqualTo(written));
                Assert.That(device.IsParked, Is.False);
            }
        );

    [Test]
    public void BlocksLongerThanSectors([Values(1024, 4096, 65536)] int blockSize) =>
        Run(3, (_, disk) => DiskWork.RunAsync(disk, blockSize, requests: 60), blockSize);

    [Test]
    public void OnlyWhatTheDeviceTakesIsUnderWay() =>
        Run(
            4,
            async (device, disk) =>
            {
                await Task.WhenAll(
                    Enumerable
                        .Range(0, 300)
                        .Select(block => disk.ReadAsync(block, new byte[512]).AsTask())
                );
                Assert.That(device.MostUnderWay, Is.InRange((device.Depth + 1) / 2, device.Depth));
                Assert.That(device.Begun, Has.Count.EqualTo(300));
            }
        );

    [Test]
    public void DataInAFrameAreNotCopied() =>
        Run(
            5,
            async (device, disk) =>
            {
                using Frame frame = Frame.Allocate(2 << 20);
                new Random(5).NextBytes(frame.Span);
                await disk.WriteAsync(7, frame, 4096, 1_600_000 / 512 * 512);
                Assert.That(
                    device
                        .Contents.AsSpan(7 * 512, 1_600_000)
                        .SequenceEqual(frame.Span.Slice(4096, 1_600_000)),
                    Is.True
                );
                // As few requests as the device takes: nothing goes through buffers.
                int fewest = (1_600_000 + device.MostBytes - 1) / device.MostBytes;
                Assert.That(device.Begun, Has.Count.EqualTo(fewest));
                using Frame back = Frame.Allocate(1 << 20);
                await disk.ReadAsync(8, back, 512, 8192);
                Assert.That(
                    back.Span.Slice(512, 8192).SequenceEqual(frame.Span.Slice(4096 + 512, 8192)),
                    Is.True
                );
                await Expect(BlockError.OutOfRange, () => disk.ReadAsync(0, back, 100, 512));
                await Expect(
                    BlockError.OutOfRange,
                    () => disk.ReadAsync(0, back, back.Length - 512, 1024)
                );
                await Expect(BlockError.OutOfRange, () => disk.ReadAsync(Sectors, back, 0, 512));
            }
        );

    [TestCase(Fate.InputOutputError, BlockError.MediaError)]
    [TestCase(Fate.Unsupported, BlockError.DeviceError)]
    [TestCase(Fate.Short, BlockError.DeviceError)]
    public void WhatTheDeviceSaysOfARequestReachesItsCaller(Fate fate, BlockError expected) =>
        Run(
            6,
            async (device, disk) =>
            {
                device.Judge = request => request.Covers(100) ? fate : Fate.Done;
                Task[] good =
                [
                    .. Enumerable
                        .Range(0, 20)
                        .Select(block => disk.ReadAsync(block, new byte[512]).AsTask()),
                ];
                await Expect(expected, () => disk.ReadAsync(100, new byte[512]));
                await Task.WhenAll(good);
                Assert.That(device.Resets, device.StopsAtErrors ? Is.EqualTo(2) : Is.EqualTo(1));
                device.Judge = static _ => Fate.InputOutputError;
                await Expect(BlockError.DeviceError, () => disk.FlushAsync());
            }
        );

    /// <summary>The one that took too long fails; what the reset took along is done all the same.</summary>
    [Test]
    public void ARequestThatIsNeverAnsweredTimesOut([Range(1, 4)] int seed) =>
        Run(
            seed,
            async (device, disk) =>
            {
                device.Judge = request => request.Covers(100) ? Fate.Forgotten : Fate.Done;
                long begin = device.Now;
                Task late = Expect(BlockError.TimedOut, () => disk.ReadAsync(100, new byte[512]));
                while (!late.IsCompleted)
                {
                    await disk.WriteAsync(1, new byte[1024]);
                    await disk.ReadAsync(5, new byte[8192]);
                }
                await late;
                Assert.That(
                    TimeSpan.FromMicroseconds((device.Now - begin) / 1000),
                    Is.InRange(Limit, 1.5 * Limit)
                );
                Assert.That(device.Resets, Is.EqualTo(2));
                device.Judge = static _ => Fate.Done;
                await DiskWork.RunAsync(disk, seed, requests: 30);
            }
        );

    /// <summary>Of what a device forgot when somebody else reset it nobody can know what became.</summary>
    [Test]
    public void AResetBySurpriseIsToldToWhoWaitsAndToTheNextFlush([Range(1, 3)] int seed) =>
        Run(
            seed,
            async (device, disk) =>
            {
                await disk.WriteAsync(1, new byte[1024]);
                device.Judge = static _ => Fate.Forgotten;
                Task[] lost =
                [
                    .. Enumerable
                        .Range(0, Math.Min(5, device.Depth))
                        .Select(block =>
                            Expect(BlockError.Reset, () => disk.ReadAsync(block, new byte[512]))
                        ),
                ];
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                device.ResetBySurprise();
                await Task.WhenAll(lost);
                device.Judge = static _ => Fate.Done;
                await Expect(BlockError.Reset, () => disk.FlushAsync());
                await disk.FlushAsync();
                await DiskWork.RunAsync(disk, seed, requests: 30);
            }
        );

    [Test]
    public void ADeviceThatAsksForAResetGetsItAndTheRequestsAgain([Range(1, 5)] int seed) =>
        Run(
            seed,
            async (device, disk) =>
            {
                Task work = DiskWork.RunAsync(disk, seed, requests: 1500);
                for (int before = 1; before <= 3; before++)
                {
                    await EventLoop.Current.Delay(TimeSpan.FromMicroseconds(50));
                    device.AskForReset();
                    while (device.Resets == before)
                    {
                        await EventLoop.Current.Delay(TimeSpan.FromMicroseconds(10));
                    }
                    // It works again.
                    await disk.ReadAsync(0, new byte[512]);
                }
                Assert.That(work.IsCompleted, Is.False, "not all was done before the last one");
                await work;
                Assert.That(device.Resets, Is.EqualTo(4));
            }
        );

    [Test]
    public void ADeviceThatSaysWhatCannotBeIsReset([Range(1, 5)] int seed) =>
        Run(
            seed,
            async (device, disk) =>
            {
                int count = 0;
                device.Judge = _ => ++count is 20 or 60 ? Fate.Nonsense : Fate.Done;
                await DiskWork.RunAsync(disk, seed, requests: 100);
                Assert.That(device.Resets, Is.EqualTo(3));
            }
        );

    [Test]
    public void ADeviceThatIsPulledOutIsGone([Values] bool isStuck) =>
        Run(
            8,
            async (device, disk) =>
            {
                device.Judge = static _ => Fate.Forgotten;
                Task[] lost =
                [
                    .. Enumerable
                        .Range(0, 40)
                        .Select(block =>
                            Expect(
                                BlockError.DeviceGone,
                                () => disk.ReadAsync(block, new byte[512])
                            )
                        ),
                ];
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                device.IsStuck = isStuck;
                device.IsGone = !isStuck;
                await Task.WhenAll(lost);
                Assert.That(device.ReachesMemory, Is.False, "it was kept from memory");
                long now = device.Now;
                await Expect(BlockError.DeviceGone, () => disk.WriteAsync(0, new byte[512]));
                Assert.That(device.Now - now, Is.LessThan(1_000_000), "nobody waits for it");
            }
        );

    [Test]
    public void ADeviceThatNeverDoesAnythingIsGivenUp() =>
        Run(
            9,
            async (device, disk) =>
            {
                device.Judge = static _ => Fate.Forgotten;
                for (int i = 0; i < 3; i++)
                {
                    await Expect(BlockError.TimedOut, () => disk.ReadAsync(0, new byte[512]));
                }
                await Expect(BlockError.DeviceGone, () => disk.ReadAsync(0, new byte[512]));
                Assert.That(device.Resets, Is.EqualTo(4));
            }
        );

    [Test]
    public void WhoGivesUpInLineDoesNotKeepOthersFromTheirTurn() =>
        Run(
            10,
            async (device, disk) =>
            {
                using CancellationTokenSource impatient = new();
                List<Task> all = [];
                for (int i = 0; i < 100; i++)
                {
                    bool waits = i % 2 == 0;
                    all.Add(
                        disk.ReadAsync(i, new byte[512], waits ? default : impatient.Token).AsTask()
                    );
                }
                impatient.Cancel();
                await Task.WhenAll(all.Where((_, i) => i % 2 == 0));
                await Task.WhenAll(all)
                    .ConfigureAwait(
                        ConfigureAwaitOptions.SuppressThrowing
                            | ConfigureAwaitOptions.ContinueOnCapturedContext
                    );
                Assert.That(all.Count(task => task.IsCanceled), Is.GreaterThan(20));
                Assert.That(device.Begun, Has.Count.LessThan(80));
            }
        );

    // A driver on a core of its own; the test is what uses its disk there.
    private void Run(
        int seed,
        Func<PretendDisk, DiskUnit, Task> test,
        int blockSize = PretendDisk.SectorSize
    ) =>
        DriverOnItsCore.Run(
            seed,
            machine => DriverOnItsCore.Make(kind, machine, seed, Sectors, blockSize),
            (device, driver) => test(device, driver.Units[0]),
            Limit
        );

    private static Task Expect(BlockError error, Func<ValueTask> request) =>
        DriverOnItsCore.ExpectAsync(error, request);
}
