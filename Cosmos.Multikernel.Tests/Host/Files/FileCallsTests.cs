using System.Buffers.Binary;
using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.FileSystems.Ram;
using Cosmos.Multikernel.Drivers.FileSystems.Service;
using Cosmos.Multikernel.Files;
using Cosmos.Multikernel.Files.Client;
using NUnit.Framework;
using N = Cosmos.Multikernel.Abi.SystemCallNumber;

namespace Cosmos.Multikernel.Tests.Host.Files;

/// <summary>
/// The system calls about files, one by one: what programs on the metal do not try of their own accord (bad addresses, short
/// buffers, calls at the same time), and what is said where there is no service. What .NET does with them is tested on the metal.
/// </summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class FileCallsTests
{
    private const ulong ReadWriteCreate = 2 | 0x40;
    private const ulong AtCurrent = unchecked((ulong)-100);

    [Test]
    public void DescriptorsAreTheLowestFree()
    {
        PretendCaller caller = new();
        ulong path = caller.Put("/file");
        Assert.That(caller.Call(N.Open, path, ReadWriteCreate, 0x1ff), Is.EqualTo(32));
        Assert.That(caller.Call(N.Open, path, 0), Is.EqualTo(33));
        Assert.That(caller.Call(N.Dup, 32), Is.EqualTo(34));
        Assert.That(caller.Call(N.Close, 33), Is.Zero);
        Assert.That(caller.Call(N.Close, 33), Is.EqualTo(-(long)FileError.BadHandle));
        Assert.That(caller.Call(N.Fcntl, 32, 1030, 40), Is.EqualTo(40));
        Assert.That(caller.Call(N.Open, path, 0), Is.EqualTo(33));
    }

    [Test]
    public void DisksParkWhenThePowerIsAboutToGo()
    {
        const uint prepare = (uint)MultikernelCall.PrepareForPowerOff;
        int parked = 0;
        FileServer server = new(new MountTree(new RamFileSystem(1 << 20)))
        {
            ParkDisks = () =>
            {
                parked++;
                return Task.CompletedTask;
            },
        };
        Assert.That(new PretendCaller(new FileSession(server)).Call(prepare), Is.Zero);
        Assert.That(parked, Is.EqualTo(1));
        Assert.That(new PretendCaller().Call(prepare), Is.Zero, "no disks");
        Assert.That(new PretendCaller(null).Call(prepare), Is.Zero, "no service");
    }

    [Test]
    public void CopiesOfADescriptorShareThePlace()
    {
        PretendCaller caller = new();
        ulong file = Open(caller, "/file");
        ulong copy = (ulong)caller.Call(N.Dup, file);
        ulong text = caller.Put("abcdef");
        Assert.That(caller.Call(N.Write, file, text, 6), Is.EqualTo(6));
        Assert.That(caller.Call(N.Lseek, copy, 2, 0), Is.EqualTo(2));
        ulong into = caller.Room(2);
        Assert.That(caller.Call(N.Read, file, into, 2), Is.EqualTo(2));
        Assert.That(caller.Get(into, 2), Is.EqualTo("cd"u8.ToArray()));
        Assert.That(caller.Call(N.Close, file), Is.Zero);
        Assert.That(caller.Call(N.Read, copy, into, 2), Is.EqualTo(2));
        Assert.That(caller.Get(into, 2), Is.EqualTo("ef"u8.ToArray()));
    }

    [Test]
    public void TransfersGoAsFarAsTheCallersMemory()
    {
        PretendCaller caller = new();
        ulong file = Open(caller, "/file");
        Assert.That(caller.Call(N.Write, file, PretendCaller.End - 100, 300), Is.EqualTo(100));
        Assert.That(caller.Call(N.Pread64, file, PretendCaller.End - 30, 100, 0), Is.EqualTo(30));
        Assert.That(Failure(caller.Call(N.Write, file, 0, 5)), Is.EqualTo(FileError.BadAddress));
        Assert.That(
            Failure(caller.Call(N.Pread64, file, PretendCaller.End, 5, 0)),
            Is.EqualTo(FileError.BadAddress)
        );
        Assert.That(caller.Call(N.Pread64, file, PretendCaller.End, 5, 100), Is.Zero);
        Assert.That(caller.Call(N.Write, file, 0, 0), Is.Zero);
        Assert.That(
            Failure(caller.Call(N.Fstat, file, PretendCaller.End - 10)),
            Is.EqualTo(FileError.BadAddress)
        );
    }

    [Test]
    public void LongTransfersAreOneCall()
    {
        PretendCaller caller = new();
        ulong file = Open(caller, "/file");
        byte[] bytes = new byte[400_000];
        new Random(1).NextBytes(bytes);
        ulong from = caller.Put(bytes);
        Assert.That(caller.Call(N.Pwrite64, file, from, 400_000, 7), Is.EqualTo(400_000));
        ulong into = caller.Room(500_000);
        Assert.That(caller.Call(N.Pread64, file, into, 500_000, 7), Is.EqualTo(400_000));
        Assert.That(caller.Get(into, bytes.Length), Is.EqualTo(bytes));
    }

    [Test]
    public void VectorsAreTakenPartByPart()
    {
        PretendCaller caller = new();
        ulong file = Open(caller, "/file");
        ulong one = caller.Put("one");
        ulong two = caller.Put("two!");
        ulong vectors = caller.Put(Words(one, 3, 0xbad, 0, two, 4));
        Assert.That(caller.Call(N.Writev, file, vectors, 3), Is.EqualTo(7));
        ulong into = caller.Room(10);
        ulong parts = caller.Put(Words(into, 5, into + 5, 5));
        Assert.That(caller.Call(N.Preadv, file, parts, 2, 0), Is.EqualTo(7));
        Assert.That(caller.Get(into, 7), Is.EqualTo("onetwo!"u8.ToArray()));
        Assert.That(
            Failure(caller.Call(N.Readv, file, PretendCaller.End - 8, 1)),
            Is.EqualTo(FileError.BadAddress)
        );
        Assert.That(
            Failure(caller.Call(N.Readv, file, parts, 1025)),
            Is.EqualTo(FileError.Invalid)
        );
        Assert.That(caller.Call(N.Lseek, file, 0, 0), Is.Zero);
        ulong bad = caller.Put(Words(into, 3, 0xbad, 3));
        Assert.That(caller.Call(N.Readv, file, bad, 2), Is.EqualTo(3));
    }

    [Test]
    public void BadPathsAreRefused()
    {
        PretendCaller caller = new();
        Assert.That(Failure(caller.Call(N.Open, 0, 0)), Is.EqualTo(FileError.BadAddress));
        ulong unended = PretendCaller.End - 3;
        caller.Write(unended, "abc"u8);
        Assert.That(Failure(caller.Call(N.Open, unended, 0)), Is.EqualTo(FileError.BadAddress));
        ulong tooLong = caller.Put("/" + new string('x', 5000));
        Assert.That(Failure(caller.Call(N.Open, tooLong, 0)), Is.EqualTo(FileError.NameTooLong));
        ulong noText = caller.Put([(byte)'/', 0xff, 0xfe, 0]);
        Assert.That(Failure(caller.Call(N.Open, noText, 0)), Is.EqualTo(FileError.BadText));
        ulong empty = caller.Put("");
        Assert.That(Failure(caller.Call(N.Open, empty, 0)), Is.EqualTo(FileError.NotFound));
        ulong path = caller.Put("/file");
        Assert.That(Failure(caller.Call(N.Open, path, 3)), Is.EqualTo(FileError.Invalid));
        ulong longest = caller.Put("/" + string.Join('/', Enumerable.Repeat("n", 150)));
        Assert.That(Failure(caller.Call(N.Open, longest, 0)), Is.EqualTo(FileError.NotFound));
    }

    [Test]
    public void PathsBeginWhereTheyAreSaidTo()
    {
        PretendCaller caller = new();
        Assert.That(caller.Call(N.Mkdir, caller.Put("/a"), 0x1ff), Is.Zero);
        Assert.That(caller.Call(N.Symlink, caller.Put("a"), caller.Put("/link")), Is.Zero);
        Assert.That(caller.Call(N.Mkdir, caller.Put("/a/b"), 0x1ff), Is.Zero);
        Assert.That(caller.Call(N.Chdir, caller.Put("/link/./b")), Is.Zero);
        ulong into = caller.Room(64);
        Assert.That(caller.Call(N.Getcwd, into, 64), Is.EqualTo(5));
        Assert.That(caller.Get(into, 5), Is.EqualTo("/a/b\0"u8.ToArray()));
        Assert.That(Failure(caller.Call(N.Getcwd, into, 4)), Is.EqualTo(FileError.TooSmall));
        Open(caller, "in-b");
        long directory = caller.Call(N.Open, caller.Put("/a"), 0x1_0000);
        ulong name = caller.Put("b/in-b");
        Assert.That(caller.Call(N.Faccessat, (ulong)directory, name, 0), Is.Zero);
        Assert.That(
            Failure(caller.Call(N.Faccessat, AtCurrent, name, 0)),
            Is.EqualTo(FileError.NotFound)
        );
        Assert.That(
            Failure(caller.Call(N.Faccessat, 999, name, 0)),
            Is.EqualTo(FileError.BadHandle)
        );
        Assert.That(caller.Call(N.Fchdir, (ulong)directory), Is.Zero);
        Assert.That(caller.Call(N.Access, name, 0), Is.Zero);
    }

    [TestCase(32)]
    [TestCase(80)]
    [TestCase(5000)]
    public void DirectoriesAreListedWholeWhateverTheBuffer(int size)
    {
        PretendCaller caller = new();
        HashSet<string> expected = [".", ".."];
        for (int i = 0; i < 50; i++)
        {
            Open(caller, $"/n{i}");
            expected.Add($"n{i}");
        }
        ulong directory = (ulong)caller.Call(N.Open, caller.Put("/"), 0x1_0000);
        ulong into = caller.Room(size);
        List<string> found = [];
        long length;
        while ((length = caller.Call(N.Getdents64, directory, into, (ulong)size)) > 0)
        {
            found.AddRange(Entries(caller.Get(into, (int)length)));
        }
        Assert.That(length, Is.Zero);
        Assert.That(found, Is.EquivalentTo(expected));
        Assert.That(caller.Call(N.Lseek, directory, 0, 0), Is.Zero);
        Assert.That(caller.Call(N.Getdents64, directory, into, (ulong)size), Is.Positive);
        Assert.That(caller.Call(N.Lseek, directory, 0, 0), Is.Zero);
        Assert.That(
            Failure(caller.Call(N.Getdents64, directory, into, 10)),
            Is.EqualTo(FileError.Invalid)
        );
        Assert.That(
            Failure(caller.Call(N.Getdents64, Open(caller, "/n1"), into, 100)),
            Is.EqualTo(FileError.NotDirectory)
        );
    }

    [Test]
    public void TimesAreWhatWasSaid()
    {
        PretendCaller caller = new();
        ulong path = caller.Put("/file");
        Open(caller, "/file");
        ulong times = caller.Put(Words(1_000_000, 5000, 0, 0x3fff_fffe));
        Assert.That(caller.Call(N.Utimensat, AtCurrent, path, times, 0), Is.Zero);
        ulong result = caller.Room(144);
        Assert.That(caller.Call(N.Stat, path, result), Is.Zero);
        byte[] status = caller.Get(result, 144);
        Assert.That(BitConverter.ToInt64(status, 72), Is.EqualTo(1_000_000));
        Assert.That(BitConverter.ToInt64(status, 80), Is.EqualTo(5000));
        Assert.That(BitConverter.ToInt64(status, 88), Is.GreaterThan(1_600_000_000));
        ulong bad = caller.Put(Words(1, 1_000_000_000, 0, 0));
        Assert.That(
            Failure(caller.Call(N.Utimensat, AtCurrent, path, bad, 0)),
            Is.EqualTo(FileError.Invalid)
        );
    }

    [Test]
    public void WithoutAServiceNothingIsFoundAndNothingMade()
    {
        PretendCaller caller = new(service: null);
        ulong path = caller.Put("/file");
        Assert.That(Failure(caller.Call(N.Open, path, 0)), Is.EqualTo(FileError.NotFound));
        Assert.That(Failure(caller.Call(N.Stat, path, path)), Is.EqualTo(FileError.NotFound));
        Assert.That(
            Failure(caller.Call(N.Open, path, ReadWriteCreate)),
            Is.EqualTo(FileError.NoDevice)
        );
        Assert.That(Failure(caller.Call(N.Mkdir, path, 0)), Is.EqualTo(FileError.NoDevice));
        Assert.That(caller.Call(N.Getcwd, path, 10), Is.EqualTo(2));
        caller.WasThere = true;
        Assert.That(Failure(caller.Call(N.Open, path, 0)), Is.EqualTo(FileError.InputOutput));
    }

    [Test]
    public async Task CallsAtTheSamePlaceTakeTurns()
    {
        PretendCaller caller = new();
        SlowService slow = new(caller.Service!);
        caller.Service = slow;
        ulong file = Open(caller, "/file");
        caller.Call(N.Write, file, caller.Put(new string('x', 100)), 100);
        caller.Call(N.Lseek, file, 0, 0);
        slow.Hold();
        ulong into = caller.Room(100);
        ValueTask<long> first = caller.CallAsync(N.Read, file, into, 60);
        ValueTask<long> second = caller.CallAsync(N.Read, file, into, 60);
        ValueTask<long> elsewhere = caller.CallAsync(N.Pread64, file, into, 10, 0);
        Assert.That(caller.Call(N.Close, file), Is.Zero);
        Assert.That(slow.Waiting, Is.EqualTo(2));
        Assert.That(slow.Closed, Is.Zero);
        slow.LetGo();
        Assert.That(await first, Is.EqualTo(60));
        Assert.That(await second, Is.EqualTo(40));
        Assert.That(await elsewhere, Is.EqualTo(10));
        Assert.That(slow.Closed, Is.EqualTo(1));
    }

    [Test]
    public void AServiceThatEndsFailsItsFiles()
    {
        PretendCaller caller = new();
        SlowService service = new(caller.Service!);
        caller.Service = service;
        ulong file = Open(caller, "/file");
        service.Hold();
        ValueTask<long> reading = caller.CallAsync(N.Pread64, file, caller.Room(10), 10, 0);
        service.Die();
        Assert.That(async () => await reading, Throws.InstanceOf<ChannelException>());
    }

    private static ulong Open(PretendCaller caller, string path)
    {
        long result = caller.Call(N.Open, caller.Put(path), ReadWriteCreate, 0x1ff);
        Assert.That(result, Is.Positive);
        return (ulong)result;
    }

    private static FileError Failure(long result) => (FileError)(-result);

    private static byte[] Words(params long[] words) =>
        [.. words.SelectMany(BitConverter.GetBytes)];

    private static byte[] Words(params ulong[] words) =>
        [.. words.SelectMany(BitConverter.GetBytes)];

    private static IEnumerable<string> Entries(byte[] bytes)
    {
        for (int at = 0; at < bytes.Length; )
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 16));
            string name = Encoding.UTF8.GetString(bytes.AsSpan(at + 19, length - 19));
            yield return name[..name.IndexOf('\0')];
            at += length;
        }
    }
}
