using Cosmos.Multikernel.Tests.Host.Hosted;
using Cosmos.Multikernel.Tests.Machines;

namespace Cosmos.Multikernel.Tests.Host.Docs;

/// <summary>How a command of the documentation is known to work.</summary>
internal abstract record Coverage
{
    /// <summary><see cref="CommandTests"/> types it.</summary>
    public sealed record Typed : Coverage;

    /// <summary>These tests do what it does.</summary>
    public sealed record DoneBy(Type Tests) : Coverage;

    /// <summary>No test runs it; docs/caveats.md says so too.</summary>
    public sealed record ByNobody(string Why) : Coverage;
}

/// <summary>Every command of the documentation, and how it is known to work.</summary>
internal static class CommandCoverage
{
    private const string Person = "needs a person";
    private const string Device = "needs a device, and a person";
    private const string Long = "takes minutes; its parts are tested";
    private const string Fuzzer = "needs a fuzzer, and has no end";

    private static readonly Coverage Typed = new Coverage.Typed();
    private static readonly Coverage ByTemplateTests = DoneBy<TemplateTests>();

    public static IReadOnlyDictionary<string, Coverage> Table { get; } =
        new Dictionary<string, Coverage>
        {
            // The command line.
            ["./build.sh doctor"] = Typed,
            ["./build.sh run --help"] = Typed,
            ["./build.sh run"] = DoneBy<ShellTests>(),
            ["./build.sh test"] = ByNobody("runs these tests"),
            ["""./build.sh run --exec "cores; ping 1 1000; shutdown" """.TrimEnd()] = Typed,
            ["./build.sh run --cores 8 --memory 2G --uefi"] = DoneBy<BootTests>(),
            ["./build.sh run --with ./hello@1-3:one --with ./other@0"] =
                DoneBy<Machines.CommandLineTests>(),
            ["./build.sh run HelloCores"] = DoneBy<BootTests>(),
            ["./build.sh bench boot --check"] = ByNobody(Long),
            ["./build.sh bench io --against-linux"] = ByNobody(Long),
            ["./build.sh write-usb /dev/sdX"] = ByNobody(Device),
            ["./build.sh release Shell"] = DoneBy<ReleaseTests>(),
            // Debugging.
            ["./build.sh debug"] = ByNobody(Person),
            ["./build.sh debug HelloCores --cores 2"] = ByNobody(Person),
            ["./build.sh debug --script steps.gdb"] = DoneBy<DebuggerTests>(),
            // Hosted.
            ["./build.sh run --hosted"] = DoneBy<HostedRunTests>(),
            ["./build.sh run --hosted HelloCores --cores 2"] = DoneBy<HostedRunTests>(),
            ["""./build.sh run --hosted --exec "cores; ping 1 1000; shutdown" """.TrimEnd()] =
                Typed,
            ["./build.sh run --hosted --native"] = DoneBy<HostedRunTests>(),
            ["./build.sh run --hosted --with ./other@0-1"] = DoneBy<HostedRunTests>(),
            // Traces.
            [
                """./build.sh run --trace t.json --exec "ping 1 100; ping 3 100; shutdown" """.TrimEnd()
            ] = DoneBy<TraceTests>(),
            ["./build.sh run --trace t.json --hosted"] = DoneBy<TraceTests>(),
            ["./build.sh run --trace t.json"] = ByNobody(Person),
            // Kernels outside of the checkout.
            ["./build.sh pack"] = ByTemplateTests,
            ["dotnet new install artifacts/feed/Cosmos.Multikernel.Templates.VERSION.nupkg"] =
                ByTemplateTests,
            ["dotnet new cosmos-multikernel -n MyOS"] = ByTemplateTests,
            ["dotnet new cosmos-multikernel-driver -n MyDriver"] = ByTemplateTests,
            ["cd MyOS"] = ByTemplateTests,
            ["cd MyDriver"] = ByTemplateTests,
            ["dotnet run"] = ByTemplateTests,
            ["dotnet test"] = ByTemplateTests,
            ["dotnet publish"] = ByTemplateTests,
            ["dotnet run -c Release -- release"] = ByTemplateTests,
            ["dotnet run -- --uefi --cores 8"] = DoneBy<Tools.ProjectMachineTests>(),
            ["dotnet run -- --hosted"] = DoneBy<Tools.ProjectMachineTests>(),
            ["dotnet run -p:CosmosHosted=true"] = ByTemplateTests,
            ["dotnet run --no-build -- doctor"] = ByTemplateTests,
            ["dotnet run -- debug"] = ByNobody(Person),
            ["dotnet run -- write-usb /dev/sdX"] = ByNobody(Device),
            // Disks and the network.
            ["truncate -s 64M disk.img && mkfs.fat disk.img"] = ByTemplateTests,
            ["./build.sh run --disk disk.img"] = ByTemplateTests,
            ["./build.sh run --disk disk.img --disk-kind nvme"] = DoneBy<DiskTests>(),
            ["cosmos> df"] = DoneBy<FileTests>(),
            ["cosmos> cp /disk0/a.txt /tmp"] = ByTemplateTests,
            ["cosmos> ifconfig"] = DoneBy<NetworkTests>(),
            ["cosmos> ping 10.0.2.2"] = DoneBy<NetworkTests>(),
            ["cosmos> nslookup www.example.org"] = DoneBy<NetworkAttackTests>(),
            ["cosmos> nslookup www.example.org 10.0.2.2:5353"] = DoneBy<NetworkTests>(),
            // Fuzzing and editors.
            ["dotnet tool install --global SharpFuzz.CommandLine"] = ByNobody(Fuzzer),
            ["dotnet publish Cosmos.Multikernel.Tests/Fuzzing -c Release -o fuzz"] = ByNobody(
                Fuzzer
            ),
            [
                "sharpfuzz fuzz/Cosmos.Multikernel.dll Cosmos.Multikernel.Channels Cosmos.Multikernel.Messages"
            ] = ByNobody(Fuzzer),
            ["sharpfuzz fuzz/Cosmos.Multikernel.Drivers.dll Cosmos.Multikernel.Drivers.Network"] =
                ByNobody(Fuzzer),
            [
                "AFL_SKIP_BIN_CHECK=1 afl-fuzz -i corpus -o findings -t 10000 -m none dotnet fuzz/Cosmos.Multikernel.Fuzz.dll ring"
            ] = ByNobody(Fuzzer),
            ["dotnet fuzz/Cosmos.Multikernel.Fuzz.dll ring findings/default/crashes/id*"] =
                ByNobody(Fuzzer),
            [
                """ln -s "$PWD/editors/vscode" ~/.vscode/extensions/cosmos-multikernel.xsharp-0.1.0"""
            ] = ByNobody(Person),
        };

    private static Coverage DoneBy<T>() => new Coverage.DoneBy(typeof(T));

    private static Coverage ByNobody(string why) => new Coverage.ByNobody(why);
}
