using System.Runtime.InteropServices;
using System.Text;
using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Tracing;

/// <summary>
/// What one instance has recorded, and what its core's CPU driver has, where it was asked for that: the form in which traces
/// travel. Little-endian; BinaryWriter's strings and counts.
/// </summary>
internal sealed record TraceRecording(
    int Core,
    string Name,
    long Dropped,
    IReadOnlyList<TraceChannel> Channels,
    TraceEvent[] Events,
    CoreTraceEvent[] CoreEvents
)
{
    /// <summary>The service that hands recordings out; what travels on its own channels is left out of the trace.</summary>
    public const string Service = "trace";

    private const uint Magic = 0x3154_4D43; // "CMT1"

    /// <summary>As bytes.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(Core);
        writer.Write(Name);
        writer.Write(Dropped);
        writer.Write(Channels.Count);
        foreach (TraceChannel channel in Channels)
        {
            writer.Write(channel.Number);
            writer.Write(channel.SideA);
            writer.Write(channel.PeerCore);
            writer.Write(channel.PeerName);
            writer.Write(channel.Service);
        }
        WriteAll(writer, Events);
        WriteAll(writer, CoreEvents);
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>From bytes.</summary>
    /// <exception cref="InvalidDataException">They are no recording, or a part of one.</exception>
    public static TraceRecording FromBytes(byte[] bytes)
    {
        try
        {
            using BinaryReader reader = new(new MemoryStream(bytes), Encoding.UTF8);
            if (reader.ReadUInt32() != Magic)
            {
                throw new InvalidDataException("This is no trace recording.");
            }
            int core = reader.ReadInt32();
            string name = reader.ReadString();
            long dropped = reader.ReadInt64();
            TraceChannel[] channels = new TraceChannel[ReadCount(reader, 1)];
            for (int i = 0; i < channels.Length; i++)
            {
                channels[i] = new(
                    reader.ReadUInt32(),
                    reader.ReadBoolean(),
                    reader.ReadInt32(),
                    reader.ReadString(),
                    reader.ReadString()
                );
            }
            TraceEvent[] events = ReadAll<TraceEvent>(reader);
            if (
                Array.Exists(events, e => e.Kind != TraceKind.Sleep && e.Channel >= channels.Length)
            )
            {
                throw new InvalidDataException(
                    $"The trace recording of {name} on core {core} has an event of a channel that it has not."
                );
            }
            return new(core, name, dropped, channels, events, ReadAll<CoreTraceEvent>(reader));
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("The trace recording ends too early.");
        }
        catch (Exception exception) when (exception is IOException or FormatException)
        {
            // A string whose length cannot be.
            throw new InvalidDataException($"The trace recording is damaged: {exception.Message}");
        }
    }

    private static void WriteAll<T>(BinaryWriter writer, T[] items)
        where T : unmanaged
    {
        writer.Write(items.Length);
        writer.Write(MemoryMarshal.AsBytes(items.AsSpan()));
    }

    private static unsafe T[] ReadAll<T>(BinaryReader reader)
        where T : unmanaged
    {
        T[] items = new T[ReadCount(reader, sizeof(T))];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(items.AsSpan()));
        return items;
    }

    private static int ReadCount(BinaryReader reader, int itemSize)
    {
        int count = reader.ReadInt32();
        long left = reader.BaseStream.Length - reader.BaseStream.Position;
        return count >= 0 && (long)count * itemSize <= left
            ? count
            : throw new InvalidDataException($"The trace recording claims {count} items.");
    }
}
