using Cosmos.Multikernel.Tests.Instances.Disks;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Steps;

/// <summary>The model against Linux, which is right about System.IO.</summary>
[TestFixture]
public sealed class FileModelTests
{
    private const int Steps = 3000;

    [Test]
    public void TheModelAgreesWithLinux()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        using ScratchDirectory scratch = new();
        string root = Directory.CreateDirectory(scratch.File("root")).FullName;
        string anchor = scratch.File("anchor");
        File.WriteAllText(anchor, "");
        FileModel model = new(new Dictionary<string, byte[]?>());
        int failed = 0;
        foreach (FileStep step in RandomSteps.Of(seed, Steps))
        {
            string expected = model.Apply(step);
            Assert.That(
                step.Perform(root, anchor),
                Is.EqualTo(expected),
                $"seed {seed}: {step.ToLine()}"
            );
            failed += expected == FileStep.Failed ? 1 : 0;
        }
        // Many can be, and some cannot.
        Assert.That(failed, Is.InRange(Steps / 50, Steps * 3 / 4), $"seed {seed}");
        PowerFailure.AssertExplains([model.Now], Trees.ContentsOfHost(root), $"seed {seed}");
    }
}
