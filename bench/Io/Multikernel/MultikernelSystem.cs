using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Service;

namespace Cosmos.Multikernel.Bench.Io.Multikernel;

/// <summary>This program as an instance: disk and network are other instances', used by message.</summary>
internal sealed class MultikernelSystem(Options options) : ISystem
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly EventLoop loop = EventLoop.Instance;

    /// <inheritdoc/>
    public void Run(Func<Task> work) => loop.Run(work);

    /// <inheritdoc/>
    public async Task<IDisk> OpenDiskAsync() =>
        new MultikernelDisk(await RemoteBlockDevice.BindAsync(options.Disk, Patience));

    /// <inheritdoc/>
    public async Task<IEcho> OpenEchoAsync()
    {
        NetworkClient network = await NetworkClient.BindAsync(Patience);
        var shown = await network.Proxy.WaitForAddressAsync((int)Patience.TotalMilliseconds);
        if (!shown.HasAddress)
        {
            throw new TimeoutException("The network has no address.");
        }

        IpAddress address = new(Ipv4Address.Parse(options.Echo.Address.ToString()));
        return new MultikernelEcho(
            await network.OpenUdpAsync(),
            new IpEndpoint(address, options.Echo.Port)
        );
    }

    /// <inheritdoc/>
    public void Dispose() => loop.Dispose();
}
