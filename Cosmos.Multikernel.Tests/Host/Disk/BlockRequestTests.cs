using Cosmos.Multikernel.Drivers.Disk;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Disk;

/// <summary>Several requests in one message.</summary>
[TestFixture]
public sealed class BlockRequestTests
{
    private static readonly BlockRequest One = new(10, 4096, 1024, BlockRequestKind.Read, 0);

    [Test]
    public void EachOutcomeHasItsPlace()
    {
        BlockError[] errors = Enum.GetValues<BlockError>();
        BlockOutcomes outcomes = BlockOutcomes.All(BlockError.DeviceError);
        for (int round = 0; round < errors.Length; round++)
        {
            for (int i = 0; i < BlockOutcomes.Most; i++)
            {
                outcomes[i] = errors[(i + round) % errors.Length];
            }
            for (int i = 0; i < BlockOutcomes.Most; i++)
            {
                Assert.That(outcomes[i], Is.EqualTo(errors[(i + round) % errors.Length]));
            }
        }
    }

    [Test]
    public void OnlyNeighboursAreJoined()
    {
        BlockRequest next = One with { Block = 12, Offset = 5120 };
        Assert.That(One.IsBefore(next, 512), Is.True);
        BlockRequest[] others =
        [
            next with
            {
                Block = 13,
            },
            next with
            {
                Offset = 5632,
            },
            next with
            {
                Kind = BlockRequestKind.Write,
            },
            next with
            {
                Options = WriteOptions.ForceUnitAccess,
            },
            next with
            {
                Length = 0,
            },
            next with
            {
                Length = -512,
            },
        ];
        Assert.That(others.Where(other => One.IsBefore(other, 512)), Is.Empty);
        Assert.That((One with { Length = 1000 }).IsBefore(next, 512), Is.False);

        // Numbers that a hostile client may send.
        BlockRequest last = One with
        {
            Offset = int.MaxValue,
            Length = int.MaxValue - 511,
        };
        Assert.That(last.IsBefore(next with { Offset = -513 }, 512), Is.False);
    }
}
