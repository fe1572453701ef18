using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Services;

/// <summary>
/// What every instance answers beside its author's kernel: how it is, pings, a collection, a crash. It runs on the event
/// loop, so an instance whose loop is stuck does not answer, which is an answer too.
/// </summary>
public static class InstanceService
{
    /// <summary>The service's name in <see cref="ChannelOptions.Service"/>.</summary>
    public const string Name = "instance";

    /// <summary>Where in its life the kernel is.</summary>
    public static InstanceState State { get; internal set; }

    private static uint life;

    /// <summary>Accepts and serves until the loop ends.</summary>
    internal static async Task ServeAsync()
    {
        life = EventLoop.Current.Platform.Life;
        while (true)
        {
            // Not awaited: each channel is served on its own; its end, however it comes, is the client's affair.
            _ = ServeAsync(await Channel.AcceptAsync(Name));
        }
    }

    /// <summary>How this instance is.</summary>
    public static InstanceStatus CurrentStatus() => Status(0);

    private static async Task ServeAsync(Channel channel)
    {
        using (channel)
        {
            try
            {
                while (true)
                {
                    var request = await channel.ReceiveAsync<ServiceRequest>();
                    await channel.SendAsync(Answer(request));
                }
            }
            catch (ChannelException)
            {
                // The client closed or ended, or sent what is no request: the channel is of no more use to it.
            }
        }
    }

    private static InstanceStatus Answer(in ServiceRequest request)
    {
        switch (request.Call)
        {
            case ServiceCall.Ping:
                return new InstanceStatus { Sequence = request.Sequence };
            case ServiceCall.Collect:
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Status(request.Sequence);
            case ServiceCall.Crash:
                var kind = request.Crash;

                // From the loop itself, not from here: an exception in this task would only end this channel.
                EventLoop.Current.Post(() => Crash(kind));
                return Status(request.Sequence);
            default:
                return Status(request.Sequence);
        }
    }

    private static InstanceStatus Status(ulong sequence) =>
        new()
        {
            Sequence = sequence,
            State = State,
            Life = (ushort)Math.Min(life, ushort.MaxValue),
            Collections0 = GC.CollectionCount(0),
            Collections1 = GC.CollectionCount(1),
            Collections2 = GC.CollectionCount(2),
            Uptime = (long)Instance.Uptime.TotalNanoseconds,
            HeapBytes = GC.GetTotalMemory(forceFullCollection: false),
            AllocatedBytes = GC.GetTotalAllocatedBytes(),
            PrivateBytes = Instance.PrivateMemory,
        };

    private static unsafe void Crash(CrashKind kind)
    {
        switch (kind)
        {
            case CrashKind.Stack:
                Recurse(0);
                break;
            case CrashKind.Exception:
                throw new InvalidOperationException("Crashed on request");
            case CrashKind.Exit:
                Environment.Exit(1);
                break;
            case CrashKind.Wild:
                *(int*)0x0000_7123_4567_8000 = 1;
                break;
            default:
                Console.WriteLine(Nothing().Length);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Nothing() => null!;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe int Recurse(int depth)
    {
        var frame = stackalloc byte[1024];
        frame[depth & 1023] = 1;
        return Recurse(depth + 1) + frame[depth & 1023];
    }
}
