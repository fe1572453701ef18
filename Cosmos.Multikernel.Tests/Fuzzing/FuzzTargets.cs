using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Channels;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;

namespace Cosmos.Multikernel.Tests.Fuzzing;

/// <summary>What a hostile peer can do, as bytes. Each target throws when the victim did not stay whole.</summary>
internal static class FuzzTargets
{
    private const uint Slots = 8;
    private const int Buffer = 256;
    private const int MostTurns = 1_000_000;

    public static IReadOnlyList<(string Name, Action<byte[]> Run)> All { get; } =
    [("ring", Ring), ("server", Server), ("client", Client), ("network", NetworkFuzz.Run)];

    /// <summary>
    /// The input writes into the shared frame between the victim's sends and receives. Each step is a byte that says what
    /// happens, and for writes a place, a length and the bytes.
    /// </summary>
    public static unsafe void Ring(byte[] input)
    {
        using RingPair pair = new(Slots, Buffer);
        Reader script = new(input);
        byte[] message = [];
        while (script.Any)
        {
            switch (script.Next() % 6)
            {
                case 0 or 1:
                    Span<byte> line = pair.LineFromA((uint)script.Next() % Slots);
                    int at = script.Next() % line.Length;
                    script.Take(line.Length - at).CopyTo(line[at..]);
                    break;
                case 2:
                    Span<byte> header = new(
                        pair.Memory + RingLayout.DoorbellOffsetA,
                        RingLayout.StateOffsetA - RingLayout.DoorbellOffsetA
                    );
                    int place = script.Next() % header.Length;
                    script.Take(header.Length - place).CopyTo(header[place..]);
                    break;
                case 3:
                    // A message once begun goes on with its own bytes.
                    message = pair.B.IsSending ? message : new byte[script.Next()];
                    _ = RingPair.Send(ref pair.B, message);
                    break;
                case 4:
                    _ = pair.B.TryAbort();
                    break;
                default:
                    Receive(pair);
                    break;
            }
            Demand(pair.B.Sender.Free <= Slots, "credit is negative");
        }
        for (int i = 0; i <= Slots; i++)
        {
            Receive(pair);
        }
    }

    /// <summary>The input is what a client sends, message by message (a length and the bytes); another client is served on.</summary>
    public static void Server(byte[] input)
    {
        using SimulatedMachine machine = new(input.Length);
        SimulatedInstance server = machine.Start(
            0,
            "server",
            () => MessageServer.ServeAsync(new WorkbenchDispatcher(new Workbench()))
        );
        machine.Start(1, "hostile", () => AttackServerAsync(input));
        int answered = 0;
        machine.Start(
            2,
            "good",
            async () =>
            {
                using WorkbenchProxy proxy = await MessageClient.ConnectAsync<WorkbenchProxy>(
                    0,
                    "server"
                );
                for (int i = 0; i < 5; i++)
                {
                    answered += await proxy.AddAsync(i, 1) == i + 1 ? 1 : 0;
                    await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                }
            }
        );
        Demand(machine.Run(MostTurns), "the machine does not come to rest");
        Demand(server.Failure is null, $"the server ended: {server.Failure}");
        Demand(answered == 5, $"{answered} of 5 calls of the good client were answered");
    }

    /// <summary>The input is what a server answers; every call of the client ends, with whatever outcome.</summary>
    public static void Client(byte[] input)
    {
        using SimulatedMachine machine = new(input.Length);
        machine.Start(0, "server", () => AttackClientAsync(input));
        bool ended = false;
        SimulatedInstance client = machine.Start(
            1,
            "client",
            async () =>
            {
                try
                {
                    using WorkbenchProxy proxy = await MessageClient.ConnectAsync<WorkbenchProxy>(
                        0,
                        "server"
                    );
                    Task[] calls =
                    [
                        proxy.AddAsync(1, 2).AsTask(),
                        proxy.JoinAsync("a", null, ["b"]).AsTask(),
                        proxy.FillAsync(3, 1).AsTask(),
                        proxy.NotesAsync().AsTask(),
                        ReadAllAsync(proxy),
                    ];
                    await Task.WhenAll(calls)
                        .ConfigureAwait(
                            ConfigureAwaitOptions.SuppressThrowing
                                | ConfigureAwaitOptions.ContinueOnCapturedContext
                        );
                }
                catch (ChannelException)
                {
                    // The greeting was nonsense.
                }
                ended = true;
            }
        );
        Demand(machine.Run(MostTurns), "the machine does not come to rest");
        Demand(client.Failure is null, $"the client ended: {client.Failure}");
        Demand(ended, "a call of the client hangs");
    }

    private static async Task ReadAllAsync(WorkbenchProxy proxy)
    {
        await foreach (int item in proxy.CountAsync(10, -1, default))
        {
            _ = item;
        }
    }

    private static async Task AttackServerAsync(byte[] input)
    {
        using Channel channel = await Channel.ConnectAsync(
            0,
            "server",
            new ChannelOptions { Service = WorkbenchProxy.Service }
        );
        await GreetAsync(channel);
        for (int at = 0; at < input.Length; )
        {
            int length = Math.Min(input[at], input.Length - at - 1);
            await channel.SendAsync(input.AsMemory(at + 1, length));
            at += length + 1;
            Drain(channel);
        }
        await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(3));
        Drain(channel);
    }

    private static async Task AttackClientAsync(byte[] input)
    {
        using Channel channel = await Channel.AcceptAsync(WorkbenchProxy.Service);
        if (input.Length % 4 != 0)
        {
            await GreetAsync(channel);
        }
        for (int at = 0; at < input.Length; )
        {
            int length = Math.Min(input[at], input.Length - at - 1);
            await channel.SendAsync(input.AsMemory(at + 1, length));
            at += length + 1;
            Drain(channel);
        }
        await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(3));
    }

    private static ValueTask GreetAsync(Channel channel)
    {
        MessageWriter writer = new();
        writer.Begin(new MessageHeader(0, 0, MessageKind.Hello));
        writer.Write(WorkbenchProxy.InterfaceHash);
        writer.Write(MessageSession.MostCalls);
        return channel.SendAsync(writer.Written.ToArray());
    }

    private static void Drain(Channel channel)
    {
        while (
            channel.State == ChannelState.Connected
            && channel.TryReceive(out ReadOnlyMemory<byte> _)
        )
        {
            // What it hears does not change what it does.
        }
    }

    private static void Receive(RingPair pair)
    {
        RingStatus status = pair.Receive(ref pair.B, out byte[] message);
        Demand(message.Length <= Buffer, "a message is longer than the buffer");
        Demand(Enum.IsDefined(status), $"an outcome of {status}");
        if (status == RingStatus.TooLong)
        {
            pair.B.Skip();
        }
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    /// <summary>The input, read to its end and then as zeros.</summary>
    private ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> rest = rest;

        public readonly bool Any => rest.Length != 0;

        public byte Next()
        {
            byte next = Any ? rest[0] : (byte)0;
            rest = rest[Math.Min(1, rest.Length)..];
            return next;
        }

        /// <summary>As many bytes as the next one says, at most so many.</summary>
        public ReadOnlySpan<byte> Take(int most)
        {
            int length = Math.Min(Next(), Math.Min(most, rest.Length));
            ReadOnlySpan<byte> taken = rest[..length];
            rest = rest[length..];
            return taken;
        }
    }
}
