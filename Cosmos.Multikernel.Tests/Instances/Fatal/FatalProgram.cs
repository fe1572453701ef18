using Cosmos.Multikernel.Tests.Instances.Fatal;

// `fatal NAME` dies in the way of that name: see FatalTable.
if (
    args.Length != 1
    || FatalTable.Cases.FirstOrDefault(fatal => fatal.Name == args[0]) is not { } chosen
)
{
    Console.Error.WriteLine(
        $"fatal: expected one of {string.Join(", ", FatalTable.Cases.Select(fatal => fatal.Name))}"
    );
    return 2;
}

Console.WriteLine($"{chosen.Name} now");
chosen.Die();
Console.WriteLine($"{chosen.Name} did not happen");
return 1;
