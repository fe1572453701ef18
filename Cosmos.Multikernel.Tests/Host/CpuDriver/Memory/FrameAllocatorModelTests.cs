using Cosmos.Multikernel.CpuDriver.Memory;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Memory;

/// <summary>Random calls against a model that knows which frames are on loan, and how they were taken.</summary>
[TestFixture]
public sealed class FrameAllocatorModelTests
{
    private const ulong Frame = FrameAllocator.FrameSize;
    private const ulong Large = FrameAllocator.LargeFrameSize;
    private const uint FramesPerBlock = 512;

    public enum Call
    {
        Allocate,
        AllocateRun,
        AllocateLarge,
        FreeOne,
        FreeMany,
        FreeLarge,
        FreeWrong,
    }

    /// <summary>A call, how often, and a number that chooses what it is done to.</summary>
    public sealed record Step(Call Call, int Count, int Choice);

    private static Arbitrary<Step[]> Steps =>
        (
            from call in Gen.Elements(Enum.GetValues<Call>())
            from count in Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(1, 600))
            from choice in Gen.Choose(0, int.MaxValue)
            select new Step(call, count, choice)
        )
            .ArrayOf()
            .ToArbitrary();

    // Edges on and off block boundaries, a range within a block, neighbours in one block, whole blocks.
    private static readonly (ulong Start, ulong End)[][] s_shapes =
    [
        [(Large, 4 * Large)],
        [
            (Large + Frame, 3 * Large + 7 * Frame),
            (4 * Large + 100 * Frame, 4 * Large + 101 * Frame),
        ],
        [
            (Frame, 40 * Frame),
            (50 * Frame, 300 * Frame),
            (3 * Large - 2 * Frame, 5 * Large),
            (6 * Large, 7 * Large),
        ],
    ];

    [Test]
    public void RandomCallsAgreeWithTheModel() =>
        Check.One(
            Damage.Properties(600),
            Prop.ForAll(
                Steps,
                Gen.Elements(s_shapes).ToArbitrary(),
                (steps, ranges) =>
                {
                    using Model model = new(ranges);
                    foreach (Step step in steps)
                    {
                        model.Perform(step);
                    }
                    model.FreeAll();
                }
            )
        );

    private sealed class Model : IDisposable
    {
        private readonly FramePool _pool;
        private readonly (ulong Start, ulong End)[] _ranges;
        private readonly HashSet<ulong> _onLoan = [];
        private readonly List<ulong> _single = [];
        private readonly List<ulong> _large = [];
        private readonly int _wholeBlocks;
        private ulong _badFrees;

        public Model((ulong Start, ulong End)[] ranges)
        {
            _ranges = ranges;
            _pool = new FramePool(ranges);
            Demand(_pool.IsReady, "not ready");
            while (TryTakeLarge()) { }
            _wholeBlocks = _large.Count;
            FreeAll();
        }

        public void Dispose() => _pool.Dispose();

        public void Perform(Step step)
        {
            switch (step.Call)
            {
                case Call.Allocate:
                    for (int i = 0; i < step.Count; i++)
                    {
                        TakeOne();
                    }
                    break;
                case Call.AllocateRun:
                    TakeRun((uint)step.Count);
                    break;
                case Call.AllocateLarge:
                    TryTakeLarge();
                    break;
                case Call.FreeOne:
                    ReturnSingle(step.Choice, twice: step.Count % 2 == 0);
                    break;
                case Call.FreeMany:
                    for (int i = 0; i < step.Count; i++)
                    {
                        ReturnSingle(step.Choice + i, twice: false);
                    }
                    break;
                case Call.FreeLarge:
                    ReturnLarge(step.Choice);
                    break;
                case Call.FreeWrong:
                    ReturnWrong(step);
                    break;
            }
            Compare();
        }

        /// <summary>Returns everything: all frames and all whole blocks must be there again.</summary>
        public void FreeAll()
        {
            while (_single.Count > 0)
            {
                ReturnSingle(_single.Count / 2, twice: false);
            }
            while (_large.Count > 0)
            {
                ReturnLarge(0);
            }
            Compare();
            if (_wholeBlocks == 0)
            {
                return;
            }
            int blocks = 0;
            while (TryTakeLarge())
            {
                blocks++;
            }
            Demand(blocks == _wholeBlocks, "whole blocks were not recovered");
            while (_large.Count > 0)
            {
                ReturnLarge(0);
            }
        }

        private void TakeOne()
        {
            ulong frame = _pool.Allocator.Allocate();
            if (frame == FrameAllocator.None)
            {
                Demand((ulong)_onLoan.Count == _pool.Allocator.TotalCount, "refused too early");
                return;
            }
            Lend(frame, 1);
            _single.Add(frame);
        }

        private void TakeRun(uint frames)
        {
            ulong run = _pool.Allocator.AllocateRun(frames);
            if (run == FrameAllocator.None)
            {
                return;
            }
            Demand(frames <= FramesPerBlock, "a run longer than a block");
            Lend(run, frames);
            for (uint i = 0; i < frames; i++)
            {
                _single.Add(run + i * Frame);
            }
        }

        private bool TryTakeLarge()
        {
            ulong block = _pool.Allocator.AllocateLarge();
            if (block == FrameAllocator.None)
            {
                return false;
            }
            Demand(block % Large == 0, "a large frame off its boundary");
            Lend(block, FramesPerBlock);
            _large.Add(block);
            return true;
        }

        private void ReturnSingle(int choice, bool twice)
        {
            if (_single.Count == 0)
            {
                return;
            }
            int index = (choice & int.MaxValue) % _single.Count;
            ulong frame = _single[index];
            _single[index] = _single[^1];
            _single.RemoveAt(_single.Count - 1);
            _onLoan.Remove(frame);
            _pool.Allocator.Free(frame);
            if (twice)
            {
                _pool.Allocator.Free(frame);
                _badFrees++;
            }
        }

        private void ReturnLarge(int choice)
        {
            if (_large.Count == 0)
            {
                return;
            }
            ulong block = _large[choice % _large.Count];
            _large.Remove(block);
            for (uint i = 0; i < FramesPerBlock; i++)
            {
                _onLoan.Remove(block + i * Frame);
            }
            _pool.Allocator.FreeLarge(block);
        }

        private void ReturnWrong(Step step)
        {
            ulong end = _ranges.Max(range => range.End);
            ulong inside = _single.Count == 0 ? 0 : _single[step.Choice % _single.Count];
            ulong inBlock = _large.Count == 0 ? 0 : _large[step.Choice % _large.Count];
            ulong[] wrong =
            [
                end + (ulong)step.Choice * Frame,
                inside + (ulong)step.Count,
                0,
                inBlock,
            ];
            foreach (ulong address in wrong)
            {
                // A count of whole frames would make another frame of it, which may be on loan.
                if (address % Frame == 0 && _onLoan.Contains(address) && address != inBlock)
                {
                    continue;
                }
                _pool.Allocator.Free(address);
                _badFrees++;
            }
            _pool.Allocator.FreeLarge(inside);
            _pool.Allocator.FreeLarge(inBlock == 0 ? 0 : inBlock + Frame);
            _badFrees += 2;
        }

        private void Lend(ulong first, uint frames)
        {
            bool isWithin = _ranges.Any(range =>
                first >= range.Start && first + frames * Frame <= range.End
            );
            Demand(isWithin && first % Frame == 0, "not a frame of the partition");
            for (uint i = 0; i < frames; i++)
            {
                Demand(_onLoan.Add(first + i * Frame), "handed out twice");
                _pool.Scribble(first + i * Frame);
            }
        }

        private void Compare()
        {
            ulong free = _pool.Allocator.TotalCount - (ulong)_onLoan.Count;
            Demand(_pool.Allocator.FreeCount == free, "the count of free frames is wrong");
            Demand(_pool.Allocator.BadFrees == _badFrees, "the count of refused frees is wrong");
        }

        private static void Demand(bool holds, string otherwise)
        {
            if (!holds)
            {
                throw new InvalidOperationException(otherwise);
            }
        }
    }
}
