using Cosmos.Multikernel;
using Sys = Cosmos.System;

namespace MyOS;

public class Kernel : Sys.Kernel
{
    protected override void BeforeRun() =>
        Console.WriteLine(
            $"MyOS: {Instance.Name} has started on core {Core.Current} of {Core.Count}"
        );

    protected override void Run()
    {
        // Only the instance that has the console hears keys; the others answer messages meanwhile.
        if (Core.Current != 0)
        {
            Thread.Sleep(Timeout.Infinite);
        }

        Console.Write("Input: ");
        var line = Console.ReadLine();
        if (line is null or "exit")
        {
            Machine.Shutdown();
        }

        Console.WriteLine($"Text typed: {line}");
    }
}
