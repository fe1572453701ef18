using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;

/// <summary>
/// Random capability calls of instances on three cores, with the messages between the cores moved on one by one, against a
/// model that knows who holds what (<see cref="CapabilityModel"/>). A failing run is shrunk to few steps.
/// </summary>
[TestFixture]
public sealed class CapabilityModelTests
{
    private const int Cores = 3;
    private const int LongestRun = 250;

    // Starting a core's code takes long, and after a run that went well the machine is as it was.
    private CapabilityModel? model;

    public enum Call
    {
        Allocate,
        AllocateLarge,
        Mint,
        Copy,
        Delete,
        Map,
        Unmap,
        Send,
        SendMany,
        Claim,
        Discard,
        Connect,
        Accept,
        Close,
        End,
        Start,
        UseStale,
        Deliver,
        Reap,
        Settle,
    }

    /// <summary>A call, and numbers that choose who does what to which.</summary>
    public sealed record Step(Call Call, int Who, int What, int How);

    private static Gen<Step> OneStep =>
        from call in Gen.Frequency(
            (8, Gen.Constant(Call.Allocate)),
            (1, Gen.Constant(Call.AllocateLarge)),
            (5, Gen.Constant(Call.Mint)),
            (3, Gen.Constant(Call.Copy)),
            (6, Gen.Constant(Call.Delete)),
            (8, Gen.Constant(Call.Map)),
            (3, Gen.Constant(Call.Unmap)),
            (16, Gen.Constant(Call.Send)),
            (6, Gen.Constant(Call.SendMany)),
            (24, Gen.Constant(Call.Claim)),
            (8, Gen.Constant(Call.Discard)),
            (4, Gen.Constant(Call.Connect)),
            (4, Gen.Constant(Call.Accept)),
            (1, Gen.Constant(Call.Close)),
            (1, Gen.Constant(Call.End)),
            (2, Gen.Constant(Call.Start)),
            (2, Gen.Constant(Call.UseStale)),
            (24, Gen.Constant(Call.Deliver)),
            (2, Gen.Constant(Call.Reap)),
            (2, Gen.Constant(Call.Settle))
        )
        from who in Gen.Choose(0, 1000)
        from what in Gen.Choose(0, 1000)
        from how in Gen.Choose(0, 1000)
        select new Step(call, who, what, how);

    private static Arbitrary<Step[]> Runs =>
        Arb.From(
            from length in Gen.Choose(1, LongestRun)
            from steps in Gen.ArrayOf(OneStep, length)
            select steps,
            Shorter
        );

    [OneTimeTearDown]
    public void StopMachine() => model?.Dispose();

    [Test]
    public void RandomCallsAgreeWithTheModel()
    {
        Check.One(Damage.Properties(250), Prop.ForAll(Runs, steps => Perform(steps)));
        // The runs went everywhere: windows were full, frames shared, peers gone, claims early, late and twice.
        (Call, long)[] rare =
        [
            (Call.Send, -11),
            (Call.Send, -16),
            (Call.Send, -32),
            (Call.Send, -107),
            (Call.Claim, -11),
            (Call.Claim, -2),
            (Call.Claim, 0),
            (Call.Discard, -11),
            (Call.Discard, -2),
            (Call.Discard, 0),
            (Call.Mint, 0),
            (Call.Map, -17),
        ];
        foreach ((Call, long) answer in rare)
        {
            Assert.That(
                model!.Answers.GetValueOrDefault(answer),
                Is.GreaterThan(5),
                answer.ToString()
            );
        }
    }

    private void Perform(Step[] steps)
    {
        model ??= new CapabilityModel(Cores);
        try
        {
            model.Begin();
            foreach (Step step in steps)
            {
                model.Perform(step);
            }
            model.EndAll();
        }
        catch
        {
            // Its cores are not as they should be.
            model.Dispose();
            model = null;
            throw;
        }
    }

    // Without ever smaller stretches.
    private static IEnumerable<Step[]> Shorter(Step[] steps)
    {
        for (int cut = steps.Length / 2; cut > 0; cut /= 2)
        {
            for (int from = 0; from + cut <= steps.Length; from += cut)
            {
                yield return [.. steps[..from], .. steps[(from + cut)..]];
            }
        }
    }
}
