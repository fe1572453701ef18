using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Service;

namespace Cosmos.Multikernel.Bench.Io.Multikernel;

/// <summary>This program as an instance: disk and network are other instances', used by message.</summary>
internal sealed class MultikernelSystem(Options options) : ISystem
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly EventLoop loop = EventLoop.Instance;
    private NetworkClient? network;

    /// <inheritdoc/>
    public void Run(Func<Task> work) => loop.Run(work);

    /// <inheritdoc/>
    public async Task<IDisk> OpenDiskAsync() =>
        new MultikernelDisk(await RemoteBlockDevice.BindAsync(options.Disk, Patience));

    /// <inheritdoc/>
    public async Task<IUdp> OpenUdpAsync(int port)
    {
        network ??= await BindNetworkAsync();
        IpAddress station = new(Ipv4Address.Parse(options.Station.ToString()));
        return new MultikernelUdp(await network.OpenUdpAsync(), new IpEndpoint(station, port));
    }

    /// <inheritdoc/>
    public void Dispose() => loop.Dispose();

    private static async Task<NetworkClient> BindNetworkAsync()
    {
        NetworkClient network = await NetworkClient.BindAsync(Patience);
        var shown = await network.Proxy.WaitForAddressAsync((int)Patience.TotalMilliseconds);
        return shown.HasAddress
            ? network
            : throw new TimeoutException("The network has no address.");
    }
}
