extern alias PretendCore;

using System.Runtime.InteropServices;
using System.Text;
using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.CpuDriver.Boot;
using PretendCore::Cosmos.Multikernel.CpuDriver.Cores;
using PretendCore::Cosmos.Multikernel.CpuDriver.LinuxAbi;
using PretendCore::Cosmos.Multikernel.CpuDriver.Memory;
using PretendCore::Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;
using SystemCallNumber = PretendCore::Cosmos.Multikernel.Abi.SystemCallNumber;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.LinuxAbi;

/// <summary>Files that the boot medium brings, as an instance reads them by system calls.</summary>
[TestFixture]
[NonParallelizable]
public sealed unsafe class DataModuleTests
{
    private const int Length = 10_000;
    private const uint ContentFrames = 3;
    private const ulong Wild = 0x10;
    private const int SizeInStatus = 48;
    private const int ModeInStatus = 24;

    private static readonly byte[] Content =
    [
        .. Enumerable.Range(0, Length).Select(static i => (byte)(i * 7 + i / 256)),
    ];

    [Test]
    public void ItIsReadInPiecesOfAnyLength()
    {
        using Medium medium = new("disk.img data");
        using PretendInstance instance = new();
        ulong memory = instance.Map(16384);
        ulong file = Open(instance, memory, "/dev/modules/disk.img");
        List<byte> read = [];
        foreach (ulong wanted in new ulong[] { 1, 4095, 4097, 0, 100_000 })
        {
            long count = instance.Call(SystemCallNumber.Read, file, memory, wanted);
            Assert.That(count, Is.EqualTo(Math.Min((long)wanted, Length - read.Count)));
            read.AddRange(Bytes(instance, memory, (int)count));
        }
        Assert.That(read, Is.EqualTo(Content));
        Assert.That(instance.Call(SystemCallNumber.Read, file, memory, 1), Is.Zero, "the end");
        Assert.That(instance.Call(SystemCallNumber.Close, file), Is.Zero);
    }

    [Test]
    public void ItIsReadAtAnyPlace()
    {
        using Medium medium = new("disk.img data");
        using PretendInstance instance = new();
        ulong memory = instance.Map(16384);
        ulong file = Open(instance, memory, "/dev/modules/disk.img");
        foreach (int place in new[] { 0, 4095, Length - 1, Length, Length + 5 })
        {
            long count = instance.Call(SystemCallNumber.Pread64, file, memory, 5, (ulong)place);
            Assert.That(count, Is.EqualTo(Math.Clamp(Length - place, 0, 5)), $"at {place}");
            Assert.That(
                Bytes(instance, memory, (int)count),
                Is.EqualTo(Content.Skip(place).Take(5))
            );
        }
        Assert.That(
            instance.Call(SystemCallNumber.Pread64, file, memory, 5, ulong.MaxValue),
            Is.Zero
        );
    }

    [TestCase(0ul, 12L, 12L)]
    [TestCase(1ul, 3L, 3L)]
    [TestCase(2ul, 0L, Length)]
    [TestCase(2ul, -1L, Length - 1L)]
    [TestCase(2ul, 5L, Length + 5L)]
    [TestCase(2ul, -Length - 1L, -Errno.EINVAL)]
    [TestCase(0ul, -1L, -Errno.EINVAL)]
    [TestCase(3ul, 0L, -Errno.EINVAL)]
    public void ItsPlaceIsMoved(ulong whence, long offset, long expected)
    {
        using Medium medium = new("disk.img data");
        using PretendInstance instance = new();
        ulong file = Open(instance, instance.Map(4096), "/dev/modules/disk.img");
        Assert.That(
            instance.Call(SystemCallNumber.Lseek, file, (ulong)offset, whence),
            Is.EqualTo(expected)
        );
    }

    [Test]
    public void ItHasASizeAndIsARegularFile()
    {
        using Medium medium = new("disk.img data");
        using PretendInstance instance = new();
        ulong memory = instance.Map(4096);
        ulong file = Open(instance, memory, "/dev/modules/disk.img");
        Assert.That(instance.Call(SystemCallNumber.Fstat, file, memory + 256), Is.Zero);
        Assert.That(instance.Call(SystemCallNumber.Stat, memory, memory + 512), Is.Zero);
        foreach (ulong status in new[] { memory + 256, memory + 512 })
        {
            Assert.That(instance.Read(status + SizeInStatus), Is.EqualTo(Length));
            Assert.That(instance.Read(status + ModeInStatus), Is.EqualTo(0x8124), "-r--r--r--");
        }
        Assert.That(instance.Call(SystemCallNumber.Access, memory, 4), Is.Zero);
    }

    [TestCase("/dev/modules/other.img")]
    [TestCase("/dev/modules/disk.im")]
    [TestCase("/dev/modules/disk.imgs")]
    [TestCase("/dev/modules/")]
    [TestCase("/dev/modules")]
    [TestCase("/dev/modules/worker")]
    public void OtherNamesAreNoFiles(string path)
    {
        using Medium medium = new("disk.img data", "worker cores=0");
        using PretendInstance instance = new();
        ulong memory = instance.Map(4096);
        WritePath(instance, memory, path);
        Assert.That(instance.Call(SystemCallNumber.Open, memory, 0), Is.EqualTo(-Errno.ENOENT));
        Assert.That(
            instance.Call(SystemCallNumber.Stat, memory, memory + 512),
            Is.EqualTo(-Errno.ENOENT)
        );
    }

    [Test]
    public void NobodyWritesIt()
    {
        using Medium medium = new("disk.img data");
        using PretendInstance instance = new();
        ulong memory = instance.Map(4096);
        WritePath(instance, memory, "/dev/modules/disk.img");
        Assert.That(instance.Call(SystemCallNumber.Open, memory, 1), Is.EqualTo(-Errno.EACCES));
        Assert.That(instance.Call(SystemCallNumber.Open, memory, 2), Is.EqualTo(-Errno.EACCES));
        ulong file = Open(instance, memory, "/dev/modules/disk.img");
        Assert.That(
            instance.Call(SystemCallNumber.Write, file, memory, 1),
            Is.EqualTo(-Errno.EBADF)
        );
        Assert.That(
            instance.Call(SystemCallNumber.Pwrite64, file, memory, 1, 0),
            Is.EqualTo(-Errno.ESPIPE)
        );
        Assert.That(instance.Call(SystemCallNumber.Ftruncate, file, 0), Is.Negative);
    }

    [Test]
    public void MemoryThatIsNotThereIsRefused()
    {
        using Medium medium = new("disk.img data");
        using PretendInstance instance = new();
        ulong file = Open(instance, instance.Map(4096), "/dev/modules/disk.img");
        Assert.That(instance.Call(SystemCallNumber.Read, file, Wild, 1), Is.EqualTo(-Errno.EFAULT));
    }

    private static ulong Open(PretendInstance instance, ulong memory, string path)
    {
        WritePath(instance, memory, path);
        long file = instance.Call(SystemCallNumber.Open, memory, 0);
        Assert.That(file, Is.EqualTo(3), path);
        return (ulong)file;
    }

    private static void WritePath(PretendInstance instance, ulong memory, string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path + "\0\0\0\0");
        for (int i = 0; i + 4 <= bytes.Length; i += 4)
        {
            instance.Write(memory + (ulong)i, BitConverter.ToUInt32(bytes, i));
        }
    }

    private static List<byte> Bytes(PretendInstance instance, ulong memory, int count)
    {
        List<byte> bytes = [];
        for (int i = 0; i < count; i += 4)
        {
            bytes.AddRange(BitConverter.GetBytes(instance.Read(memory + (ulong)i)));
        }
        return bytes[..count];
    }

    /// <summary>A boot medium with other modules than the pretended core's, all with the same content; disposing brings those back.</summary>
    private sealed class Medium : IDisposable
    {
        private readonly Module* before;
        private readonly uint countBefore;
        private readonly ulong content;
        private readonly List<nint> store = [];

        public Medium(params string[] lines)
        {
            PretendInstance.Boot();
            BootRecord* record = ThisCore.Boot;
            before = record->Modules;
            countBefore = record->ModuleCount;
            content = Frames.AllocateRun(ContentFrames);
            Content.CopyTo(new Span<byte>(DirectMap.At(content), Length));
            record->ModuleCount = (uint)lines.Length;
            record->Modules = (Module*)Allocate(lines.Length * sizeof(Module));
            for (int i = 0; i < lines.Length; i++)
            {
                byte[] text = Encoding.ASCII.GetBytes(lines[i]);
                byte* line = Allocate(text.Length * 2 + 2);
                text.CopyTo(new Span<byte>(line, text.Length));
                Module* module = record->Modules + i;
                module->Status = Module.Parse(
                    line,
                    (uint)text.Length,
                    line + text.Length,
                    ref *module
                );
                (module->PhysicalStart, module->Length) = (content, Length);
            }
        }

        public void Dispose()
        {
            ThisCore.Boot->Modules = before;
            ThisCore.Boot->ModuleCount = countBefore;
            Frames.FreeRun(content, ContentFrames);
            store.ForEach(static memory => NativeMemory.Free((void*)memory));
        }

        private byte* Allocate(int bytes)
        {
            void* memory = NativeMemory.AllocZeroed((nuint)bytes);
            store.Add((nint)memory);
            return (byte*)memory;
        }
    }
}
