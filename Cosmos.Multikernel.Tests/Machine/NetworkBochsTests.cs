using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>Bochs's 82540EM at Bochs's own network, another implementation of both than QEMU's.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class NetworkBochsTests
{
    private VirtualMachine _machine = null!;
    private ShellSession _shell = null!;

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        const string name = "network-bochs";
        var image = TestMachine.WriteImage(
            name,
            new ImageModule("shell", TestMachine.Shell, "0", IsConsole: true),
            Repository.NetworkModule("1"),
            Repository.DeviceManagerModule($"nic={Drivers.Network.Devices.NetworkDriver.Devices}"),
            Repository.MonitorModule
        );
        _machine = await TestMachine.BootAsync(
            name,
            image,
            options => options with { Kind = MachineKind.Bochs, Cores = 2, Nic = NicKind.E1000 }
        );
        _shell = new ShellSession(_machine);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    [Test, Order(1)]
    public Task AnAddressIsLent() =>
        RunAsync(
            "ifconfig",
            "52:54:00:12:34:56, up, 1000 Mbit/s full duplex",
            "192.168.10.15/24, router 192.168.10.1",
            "DHCP bound"
        );

    [Test, Order(2)]
    public Task TheHostAnswers() => RunAsync("ping 192.168.10.1 3", "3 sent, 3 answered");

    [Test, Order(2)]
    public Task ItsNameServerAnswers() =>
        TestShell.RunAsync(_machine, _shell, "nslookup a.example", null, "said 192.168.10.2");

    private Task<string> RunAsync(string command, params string[] says) =>
        TestShell.RunAsync(_machine, _shell, command, 0, says);
}
