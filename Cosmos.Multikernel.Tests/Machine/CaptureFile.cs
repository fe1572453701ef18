using System.Buffers.Binary;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>Reads the packets that QEMU's filter-dump has written: pcap, in this machine's byte order.</summary>
internal static class CaptureFile
{
    private const uint Magic = 0xA1B2_C3D4;
    private const int HeaderSize = 24;
    private const int RecordHeaderSize = 16;

    /// <summary>All whole packets.</summary>
    public static IReadOnlyList<byte[]> Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            throw new InvalidDataException($"{path} is no capture.");
        }

        List<byte[]> packets = [];
        for (var at = HeaderSize; at + RecordHeaderSize <= bytes.Length; )
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 8));
            at += RecordHeaderSize;
            if (at + length > bytes.Length)
            {
                break;
            }

            packets.Add(bytes[at..(at + length)]);
            at += length;
        }

        return packets;
    }
}
