using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Fuzzing;

/// <summary>The fuzzer's targets over a corpus made by seed: good conversations, and each with bytes changed, cut and doubled.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class FuzzTargetTests
{
    private const int Mutations = 150;

    private static IEnumerable<string> Targets => FuzzTargets.All.Select(entry => entry.Name);

    [TestCaseSource(nameof(Targets))]
    public void TheVictimStaysWhole(string target)
    {
        Action<byte[]> run = FuzzTargets.All.Single(entry => entry.Name == target).Run;
        int number = 0;
        foreach (byte[] original in Corpus().Concat(NetworkFuzz.Corpus()))
        {
            Random random = new(++number);
            byte[] input = original;
            for (int i = 0; i <= Mutations; i++)
            {
                Assert.That(
                    () => run(input),
                    Throws.Nothing,
                    () => $"{target}: {Convert.ToHexString(input)}"
                );
                input = Mutate(i % 10 == 0 ? original : input, random);
            }
        }
    }

    private static IEnumerable<byte[]> Corpus()
    {
        yield return [];
        yield return Conversation(MessageKind.Call);
        yield return Conversation(MessageKind.Reply);
        yield return Conversation(MessageKind.Item);
        yield return Conversation(MessageKind.Error);
        yield return Lines();
        byte[] noise = new byte[600];
        new Random(1).NextBytes(noise);
        yield return noise;
    }

    /// <summary>A message of each method and of each call's number, with arguments that may be right.</summary>
    private static byte[] Conversation(MessageKind kind)
    {
        List<byte> script = [];
        MessageWriter writer = new();
        for (ushort i = 0; i < 14; i++)
        {
            writer.Begin(new MessageHeader(i % 5u, i, kind));
            writer.WriteString(i % 2 == 0 ? "abc" : null);
            writer.WriteArray<int>([1, 2, 3]);
            writer.Write((long)i);
            script.Add((byte)writer.Written.Length);
            script.AddRange(writer.Written);
        }
        return [.. script];
    }

    /// <summary>For the ring: lines that are right, with receives between them.</summary>
    private static byte[] Lines()
    {
        List<byte> script = [];
        for (uint i = 0; i < 16; i++)
        {
            byte[] line = new byte[RingLayout.LineSize];
            ulong control = RingControl.Pack(
                RingControl.EpochOf(i, 8),
                RingLineKind.Start,
                length: i * 5 % 57,
                acknowledged: 0
            );
            BitConverter.TryWriteBytes(line.AsSpan(RingLayout.PayloadSize), control);
            script.AddRange([0, (byte)(i % 8), 0, RingLayout.LineSize, .. line, 5, 3, 20]);
        }
        return [.. script];
    }

    private static byte[] Mutate(byte[] input, Random random)
    {
        if (input.Length == 0)
        {
            return [(byte)random.Next(256)];
        }
        List<byte> changed = [.. input];
        for (int i = random.Next(1, 4); i != 0 && changed.Count != 0; i--)
        {
            int at = random.Next(changed.Count);
            switch (random.Next(5))
            {
                case 0:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 1:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    changed.RemoveRange(at, Math.Min(random.Next(1, 9), changed.Count - at));
                    break;
                case 3:
                    changed.InsertRange(at, changed[..Math.Min(8, changed.Count)]);
                    break;
                default:
                    changed.Insert(at, (byte)(random.Next(2) == 0 ? 0 : 255));
                    break;
            }
        }
        return [.. changed];
    }
}
