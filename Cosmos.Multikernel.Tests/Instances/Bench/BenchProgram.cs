using Cosmos.Multikernel;
using Cosmos.Multikernel.Tests.Instances.Bench;

// `bench SUITE`: the part of the suite that runs on the metal (bench/SUITE.json says on which cores).
BenchRecord.Suite = args[0];
switch (args[0])
{
    case "boot":
        BootSuite.Run();
        break;
    case "messages":
        MessagesSuite.Run();
        break;
    case "isolation":
        IsolationSuite.Run();
        break;
    default:
        Console.WriteLine($"There is no suite '{args[0]}'.");
        return 1;
}

Console.WriteLine(
    $"@done {{\"suite\":\"{args[0]}\",\"core\":{Core.Current},\"passed\":1,\"failed\":0}}"
);
return 0;
