extern alias PretendCore;

using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.CpuDriver.LinuxAbi;
using PretendCore::Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Memory;

/// <summary>Random mmap, mprotect, munmap, madvise, reads and writes, against a model that keeps one entry for each page.</summary>
[TestFixture]
[NonParallelizable]
public sealed unsafe class AddressSpaceModelTests
{
    private const ulong Page = 4096;
    private const int Pages = 700;
    private const ulong Fixed = 0x10 | 0x22;

    private sealed class ModelPage
    {
        public ulong Protection;
        public uint Value;
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void MemoryIsWhatTheCallsSay(int seed)
    {
        Random random = new(seed);
        using PretendInstance instance = new(limitPages: 1500);
        ulong start = instance.Map(Pages * Page, protection: 0);
        Dictionary<int, ModelPage> model = Enumerable
            .Range(0, Pages)
            .ToDictionary(page => page, _ => new ModelPage());
        for (int step = 0; step < 6000; step++)
        {
            int first = random.Next(Pages);
            int count = random.Next(1, Math.Min(60, Pages - first) + 1);
            ulong address = start + ((ulong)first * Page);
            ulong length = (ulong)count * Page;
            IEnumerable<int> range = Enumerable.Range(first, count);
            switch (random.Next(8))
            {
                case 0:
                    ulong mapped = (ulong)random.Next(2) * 3;
                    long result = instance.Call(
                        SystemCallNumber.Mmap,
                        address,
                        length,
                        mapped,
                        Fixed
                    );
                    Assert.That((ulong)result, Is.EqualTo(address));
                    foreach (int page in range)
                    {
                        model[page] = new ModelPage { Protection = mapped };
                    }
                    break;
                case 1:
                    Assert.That(instance.Call(SystemCallNumber.Munmap, address, length), Is.Zero);
                    foreach (int page in range)
                    {
                        model.Remove(page);
                    }
                    break;
                case 2:
                case 3:
                    ulong protection = (ulong)new[] { 0, 1, 3 }[random.Next(3)];
                    bool whole = range.All(model.ContainsKey);
                    long changed = instance.Call(
                        SystemCallNumber.Mprotect,
                        address,
                        length,
                        protection
                    );
                    Assert.That(changed, Is.EqualTo(whole ? 0 : -Errno.ENOMEM));
                    // As far as the first gap.
                    foreach (int page in range.TakeWhile(model.ContainsKey))
                    {
                        model[page].Protection = protection;
                    }
                    break;
                case 4:
                    Assert.That(
                        instance.Call(SystemCallNumber.Madvise, address, length, 4),
                        Is.EqualTo(range.All(model.ContainsKey) ? 0 : -Errno.ENOMEM)
                    );
                    foreach (int page in range.Where(model.ContainsKey))
                    {
                        model[page].Value = 0;
                    }
                    break;
                default:
                    Touch(instance, model, start, first, (uint)step);
                    break;
            }
        }
        for (int page = 0; page < Pages; page++)
        {
            Look(instance, model, start, page);
        }
    }

    private static void Touch(
        PretendInstance instance,
        Dictionary<int, ModelPage> model,
        ulong start,
        int page,
        uint value
    )
    {
        Look(instance, model, start, page);
        if (model.TryGetValue(page, out ModelPage? entry) && (entry.Protection & 2) != 0)
        {
            instance.Write(start + ((ulong)page * Page) + 8, value);
            entry.Value = value;
        }
        else
        {
            Assert.Throws<InvalidOperationException>(() =>
                instance.Write(start + ((ulong)page * Page) + 8, value)
            );
        }
    }

    private static void Look(
        PretendInstance instance,
        Dictionary<int, ModelPage> model,
        ulong start,
        int page
    )
    {
        ulong address = start + ((ulong)page * Page) + 8;
        if (model.TryGetValue(page, out ModelPage? entry) && entry.Protection != 0)
        {
            Assert.That(instance.Read(address), Is.EqualTo(entry.Value), $"page {page}");
        }
        else
        {
            Assert.Throws<InvalidOperationException>(() => instance.Read(address), $"page {page}");
        }
    }
}
