using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Files.Client;

/// <summary>
/// The connection to the file service: made at the first call, kept, and made anew by the service's name when its instance has
/// ended. On one event loop.
/// </summary>
/// <remarks>
/// How long a call waits for a service is bounded. An image that has an instance named <see cref="Name"/> promises one: it is
/// waited for, at the start and after its end, <see cref="Patience"/> long; when it has not come by then, later calls only
/// look. Without that promise a service is used where there is one, and nobody waits.
/// </remarks>
internal sealed class FileConnection(EventLoop loop) : IFileServiceSource
{
    /// <summary>The service's name, and that of the instance that is expected to serve it.</summary>
    public const string Name = "files";

    // A call and its answer of 256 KB go through in four pieces; small ones are one line.
    private const uint Slots = 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(2);

    private readonly bool isPromised = Machine.DeclaredInstances.Any(other => other.Name == Name);
    private FileServiceProxy? proxy;
    private Task<FileServiceProxy?>? connecting;
    private bool hasWaitedInVain;

    /// <inheritdoc/>
    public bool WasThere { get; private set; }

    /// <summary>Messages that came from the service that is connected: grows while it answers.</summary>
    public ulong Answers => proxy?.Client.Channel.Counters.MessagesReceived ?? 0;

    /// <inheritdoc/>
    public async ValueTask<IFileService?> GetAsync()
    {
        if (proxy is { } connected && !connected.Client.Channel.HasEnded)
        {
            return connected;
        }
        proxy?.Dispose();
        proxy = null;
        // Whoever comes while somebody connects waits for the same connection.
        Task<FileServiceProxy?> attempt = connecting ??= ConnectAsync();
        FileServiceProxy? made = await attempt;
        if (connecting == attempt)
        {
            connecting = null;
            proxy = made;
        }
        return made;
    }

    /// <summary>Gives up a service that does not answer: the calls that wait for it fail.</summary>
    public void Abandon() => proxy?.Dispose();

    private async Task<FileServiceProxy?> ConnectAsync()
    {
        bool waits = (isPromised || WasThere) && !hasWaitedInVain;
        try
        {
            FileServiceProxy? made =
                loop.Monitor is null ? await ConnectDirectlyAsync(waits)
                : waits || await Names.FindAsync(Name, LookLimit) is not null
                    ? await Names.BindAsync<FileServiceProxy>(
                        Name,
                        waits ? Patience : LookLimit,
                        Options
                    )
                : null;
            hasWaitedInVain = false;
            WasThere |= made is not null;
            return made;
        }
        catch (Exception exception) when (exception is ChannelException or TimeoutException)
        {
            hasWaitedInVain |= waits;
            return null;
        }
    }

    // Without monitors there are no names, and every instance may connect to every other.
    private async Task<FileServiceProxy?> ConnectDirectlyAsync(bool waits)
    {
        DeclaredInstance? server = Machine.DeclaredInstances.FirstOrDefault(other =>
            other.Name == Name
        );
        return server is null
            ? null
            : await MessageClient.ConnectAsync<FileServiceProxy>(
                server.Core,
                server.Name,
                Options with
                {
                    ConnectTimeout = waits ? Patience : LookLimit,
                }
            );
    }

    private static ChannelOptions Options => new() { Slots = Slots };
}
