using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>What the program learns about where it runs.</summary>
internal static class EnvironmentAndArguments
{
    public static string Run()
    {
        var arguments = Environment.GetCommandLineArgs();
        Expect.That(arguments.Length >= 1);
        Expect.That(arguments[0].Length > 0);
        Expect.That(Core.Current >= 0);
        Expect.That(Core.Current < Core.Count);
        Expect.That(Environment.ProcessorCount >= 1);
        Expect.That(Environment.ProcessId > 0);
        Expect.That(Environment.Is64BitProcess);
        Expect.Equal(null, Environment.GetEnvironmentVariable("NO_SUCH_VARIABLE"));
        Expect.That(!File.Exists("/no/such/file"));

        // FileNotFoundException where there is a root directory; the CPU driver has none.
        Expect.Throws<IOException>(() => File.ReadAllText("/no-such-file"));
        return $"argv[0]={arguments[0]}, core {Core.Current} of {Core.Count}, {Environment.ProcessorCount} processor";
    }
}
