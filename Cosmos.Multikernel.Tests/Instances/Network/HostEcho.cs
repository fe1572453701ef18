using System.Buffers.Binary;
using System.Diagnostics;
using Cosmos.Multikernel;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Service;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Network;

/// <summary>Datagrams to a socket of the host that sends each back. UDP may lose some: those are sent again, and counted.</summary>
internal static class HostEcho
{
    private const int Count = 1_000;
    private const int Window = 16;
    private const int MostData = 1_400;
    private const int Floods = 5;

    private static readonly IpAddress Host = new(Ipv4Address.Parse("10.0.2.2"));
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FloodPatience = TimeSpan.FromSeconds(30);

    public static async Task<string> AddressAsync(NetworkClient network)
    {
        var shown = await network.Proxy.WaitForAddressAsync(60_000);
        Expect.That(shown.HasAddress);
        Expect.Equal("10.0.2.2", shown.Router.ToString());
        Expect.That(shown.Device.Link.IsUp);
        return shown.Address.ToString();
    }

    /// <summary>A thousand, each after the answer to the one before.</summary>
    public static async Task<string> OneByOneAsync(NetworkClient network, int port)
    {
        await using var socket = await network.OpenUdpAsync();
        IpEndpoint to = new(Host, port);
        var again = 0;
        var begin = Stopwatch.GetTimestamp();
        for (var number = 0; number < Count; number++)
        {
            while (!await TryExchangeAsync(socket, to, number))
            {
                again++;
                Expect.That(again < Count);
            }
        }

        var time = Stopwatch.GetElapsedTime(begin);
        return $"{Count} in {time.TotalMilliseconds:0} ms, {again} again";
    }

    /// <summary>A thousand, with several under way at a time.</summary>
    public static async Task<string> ManyAtATimeAsync(NetworkClient network, int port)
    {
        await using var socket = await network.OpenUdpAsync();
        IpEndpoint to = new(Host, port);
        HashSet<int> open = [.. Enumerable.Range(0, Count)];
        var rounds = 0;
        var begin = Stopwatch.GetTimestamp();
        while (open.Count > 0)
        {
            Expect.That(rounds++ < Count);
            var batch = open.Take(Window).ToArray();
            foreach (var number in batch)
            {
                await socket.SendAsync(to, Question(number));
            }

            for (var i = 0; i < batch.Length; i++)
            {
                if (await TryReceiveAsync(socket) is not { } answer)
                {
                    break;
                }

                var number = NumberOf(answer);
                Expect.That(answer.SequenceEqual(Question(number)));
                open.Remove(number);
            }
        }

        var time = Stopwatch.GetElapsedTime(begin);
        return $"{Count} in {time.TotalMilliseconds:0} ms, {rounds} rounds of {Window}";
    }

    /// <summary>More at once than a card's ring has room for, again and again: each goes when there is room for it.</summary>
    public static async Task<string> AllAtOnceAsync(NetworkClient network, int port)
    {
        await using var socket = await network.OpenUdpAsync();
        IpEndpoint to = new(Host, port);
        for (var round = 0; round < Floods; round++)
        {
            await Task.WhenAll(
                    Enumerable
                        .Range(0, Count)
                        .Select(number => socket.SendAsync(to, Question(number)).AsTask())
                )
                .WaitAsync(FloodPatience);
        }

        return $"{Floods * Count} sent";
    }

    /// <summary>Sends one, and waits a while for its answer; false when none comes.</summary>
    public static async Task<bool> TryExchangeAsync(
        RemoteUdpSocket socket,
        IpEndpoint to,
        int number
    )
    {
        var question = Question(number);
        await socket.SendAsync(to, question);
        while (await TryReceiveAsync(socket) is { } answer)
        {
            if (answer.SequenceEqual(question))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What cannot be is an error, not silence.</summary>
    public static async Task<string> ErrorsAsync(NetworkClient network)
    {
        await using var socket = await network.OpenUdpAsync();
        Expect.Equal(
            NetworkError.AddressInUse,
            await ErrorOf(() => network.OpenUdpAsync(socket.Port))
        );
        Expect.Equal(
            NetworkError.MessageTooLong,
            await ErrorOf(async () =>
                await socket.SendAsync(new IpEndpoint(Host, 9), new byte[65_508])
            )
        );
        Expect.Equal(
            NetworkError.AccessDenied,
            await ErrorOf(async () =>
                await socket.SendAsync(
                    new IpEndpoint(new IpAddress(Ipv4Address.Broadcast), 9),
                    new byte[1]
                )
            )
        );

        // Nobody has that address: ARP finds out.
        IpEndpoint nobody = new(new IpAddress(Ipv4Address.Parse("10.0.2.77")), 9);
        await socket.SendAsync(nobody, new byte[1]);
        Expect.Equal(
            NetworkError.HostUnreachable,
            await ErrorOf(async () => await socket.ReceiveAsync())
        );
        return "";
    }

    private static byte[] Question(int number)
    {
        var question = new byte[sizeof(int) + number * 7 % MostData];
        BinaryPrimitives.WriteInt32LittleEndian(question, number);
        for (var i = sizeof(int); i < question.Length; i++)
        {
            question[i] = (byte)(number + i);
        }

        return question;
    }

    private static int NumberOf(byte[] answer)
    {
        Expect.That(answer.Length >= sizeof(int));
        return BinaryPrimitives.ReadInt32LittleEndian(answer);
    }

    /// <summary>The next answer, or null when none comes in time.</summary>
    private static async Task<byte[]?> TryReceiveAsync(RemoteUdpSocket socket)
    {
        using CancellationTokenSource late = new();
        using CancellationTokenSource came = new();
        _ = CancelLaterAsync(late, came.Token);
        try
        {
            var (_, data) = await socket.ReceiveAsync(late.Token);
            came.Cancel();
            return data.ToArray();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task CancelLaterAsync(CancellationTokenSource late, CancellationToken came)
    {
        try
        {
            await EventLoop.Current.Delay(Patience, came);
            late.Cancel();
        }
        catch (OperationCanceledException)
        {
            // The answer came first.
        }
    }

    private static async Task<NetworkError> ErrorOf(Func<Task> action)
    {
        try
        {
            await action();
            return NetworkError.None;
        }
        catch (NetworkException exception)
        {
            return exception.Error;
        }
    }
}
