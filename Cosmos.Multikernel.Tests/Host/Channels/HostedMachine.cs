using Cosmos.Multikernel.Channels.Platforms.Hosted;

namespace Cosmos.Multikernel.Tests.Host.Channels;

/// <summary>A hosted multikernel in this process: each instance an event loop on a thread of its own.</summary>
internal sealed class HostedMachine : IDisposable
{
    private readonly List<EventLoop> loops = [];
    private readonly DeclaredInstance[] declared;

    /// <param name="declared">What the machine declares: its monitors above all.</param>
    public HostedMachine(params DeclaredInstance[] declared)
    {
        this.declared = declared;
    }

    public string Directory { get; } =
        Path.Combine(HostedPlatform.MachinesDirectory, $"cosmos-test-{Guid.NewGuid():N}");

    /// <summary>Starts an instance.</summary>
    public EventLoop Add(int core, string name)
    {
        EventLoop loop = EventLoop.CreateHosted(Directory, core, name, declared);
        loop.RunInBackground();
        loops.Add(loop);
        return loop;
    }

    public void Dispose()
    {
        foreach (EventLoop loop in loops)
        {
            loop.Dispose();
        }
        global::System.IO.Directory.Delete(Directory, recursive: true);
    }
}
