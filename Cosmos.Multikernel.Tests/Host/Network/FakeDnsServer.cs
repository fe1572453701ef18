using System.Buffers.Binary;
using System.Net;
using System.Text;
using Cosmos.Multikernel.Drivers.Network;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>A name server whose replies a test writes.</summary>
internal sealed class FakeDnsServer
{
    private readonly UdpSocket socket;

    public FakeDnsServer(VirtualWire wire, byte host)
    {
        NetworkStack stack = wire.Add(host);
        stack.TryOpenUdp(53, out UdpSocket? opened);
        socket = opened!;
        wire.AfterStep += Serve;
    }

    /// <summary>Replies to a question (name, type) with whole messages; null for silence.</summary>
    public Func<string, ushort, byte[], byte[]?> Answer { get; set; } = static (_, _, _) => null;

    /// <summary>Names asked for.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>The ports and identifiers they were asked with.</summary>
    public List<(ushort Port, ushort Identifier)> Keys { get; } = [];

    /// <summary>A question as clients ask it.</summary>
    public static byte[] Question(ushort identifier, string name, ushort type) =>
        [
            (byte)(identifier >> 8),
            (byte)identifier,
            1,
            0,
            0,
            1,
            0,
            0,
            0,
            0,
            0,
            0,
            .. Name(name),
            (byte)(type >> 8),
            (byte)type,
            0,
            1,
        ];

    /// <summary>A reply: the question's header and question with these flags, and records behind.</summary>
    public static byte[] Reply(
        byte[] question,
        ushort flags,
        byte[][] answers,
        byte[][]? authorities = null
    )
    {
        int end = 12;
        while (question[end] != 0)
        {
            end += question[end] + 1;
        }
        byte[] reply =
        [
            .. question[..(end + 5)],
            .. answers.SelectMany(one => one),
            .. (authorities ?? []).SelectMany(one => one),
        ];
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(2), (ushort)(0x8180 | flags));
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(6), (ushort)answers.Length);
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(8), (ushort)(authorities?.Length ?? 0));
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(10), 0);
        return reply;
    }

    /// <summary>A record.</summary>
    public static byte[] Record(string name, ushort type, uint seconds, byte[] data)
    {
        List<byte> record = [.. Name(name), (byte)(type >> 8), (byte)type, 0, 1];
        byte[] time = new byte[6];
        BinaryPrimitives.WriteUInt32BigEndian(time, seconds);
        BinaryPrimitives.WriteUInt16BigEndian(time.AsSpan(4), (ushort)data.Length);
        return [.. record, .. time, .. data];
    }

    public static byte[] A(string name, string address, uint seconds = 300) =>
        Record(name, 1, seconds, IPAddress.Parse(address).GetAddressBytes());

    public static byte[] Alias(string name, string target, uint seconds = 300) =>
        Record(name, 5, seconds, Name(target));

    public static byte[] StartOfAuthority(string name, uint seconds) =>
        Record(name, 6, seconds, [.. Name("ns"), .. Name("admin"), .. new byte[16], 0, 0, 0, 60]);

    public static byte[] Name(string name) =>
        [
            .. name.Split('.')
                .SelectMany(label =>
                    (byte[])[(byte)label.Length, .. Encoding.Latin1.GetBytes(label)]
                ),
            0,
        ];

    private void Serve()
    {
        while (socket.TryReceive(out UdpDatagram datagram))
        {
            using (datagram)
            {
                if (datagram.Error != NetworkError.None)
                {
                    continue;
                }
                byte[] question = datagram.Data.ToArray();
                List<string> labels = [];
                int at = 12;
                for (; question[at] != 0; at += question[at] + 1)
                {
                    labels.Add(Encoding.Latin1.GetString(question, at + 1, question[at]));
                }
                string name = string.Join('.', labels);
                Asked.Add(name);
                Keys.Add((datagram.From.Port, BinaryPrimitives.ReadUInt16BigEndian(question)));
                ushort type = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(at + 1));
                if (Answer(name, type, question) is { } reply)
                {
                    socket.Send(datagram.From, reply);
                }
            }
        }
    }
}
