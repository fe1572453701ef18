using System.Buffers.Binary;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Messages;

/// <summary>
/// The capabilities that go with a message: they travel through the channel beside it, and the numbers to claim them by come
/// right after its header (u32 each; the header says how many).
/// </summary>
/// <remarks>
/// They are in the message's first line, so that also a receiver which drops a message for its length knows what came with it and
/// gives that up: what nobody claims would take up the channel's window for ever.
/// </remarks>
internal sealed class Enclosure
{
    /// <summary>The most that go with one message: as many numbers as fit a line with the header.</summary>
    public const int Maximum = (RingLayout.PayloadSize - MessageHeader.Size) / sizeof(uint);

    private const int CountOffset = 7;

    private readonly List<Capability> items = [];
    private int taken;

    /// <summary>Whether capabilities came with a message.</summary>
    public static bool IsIn(ReadOnlySpan<byte> message) =>
        message.Length >= MessageHeader.Size && message[CountOffset] != 0;

    /// <summary>The message without the numbers, in the same memory.</summary>
    public static ReadOnlySpan<byte> Strip(Span<byte> message)
    {
        int numbers = message[CountOffset] * sizeof(uint);
        message[..MessageHeader.Size].CopyTo(message[numbers..]);
        return message[numbers..];
    }

    /// <summary>Sends capabilities on their way, and puts their numbers into the message.</summary>
    /// <exception cref="CapabilityException">One cannot be sent. The receiver is told to drop those sent before it.</exception>
    /// <exception cref="ObjectDisposedException">One was given up while it waited for room; the same.</exception>
    /// <exception cref="ArgumentException">The message is too long for any ring; nothing was sent.</exception>
    /// <exception cref="ChannelException">The channel has ended.</exception>
    public static async ValueTask<byte[]> SealAsync(
        Channel channel,
        byte[] message,
        Capability[] capabilities
    )
    {
        int numbers = capabilities.Length * sizeof(uint);
        byte[] letter = new byte[message.Length + numbers];
        // Before anything is gone that the message could not follow.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (uint)letter.Length,
            RingControl.MaximumLength,
            nameof(message)
        );
        message.AsSpan(0, MessageHeader.Size).CopyTo(letter);
        message.AsSpan(MessageHeader.Size).CopyTo(letter.AsSpan(MessageHeader.Size + numbers));
        int sent = 0;
        try
        {
            for (; sent < capabilities.Length; sent++)
            {
                uint number = await channel.SendCapabilityAsync(capabilities[sent]);
                BinaryPrimitives.WriteUInt32LittleEndian(letter.AsSpan(PlaceOf(sent)), number);
            }
        }
        catch (Exception exception) when (sent > 0 && exception is not ChannelException)
        {
            await channel.SendAsync(
                DiscardLetter(letter.AsSpan(MessageHeader.Size, sent * sizeof(uint)))
            );
            throw;
        }
        letter[CountOffset] = (byte)capabilities.Length;
        return letter;
    }

    /// <summary>Claims what came with a message.</summary>
    /// <exception cref="MalformedMessageException">It promises what did not come.</exception>
    /// <exception cref="NoMemoryForCapabilityException">There is no memory for it here.</exception>
    public static async ValueTask<Enclosure> OpenAsync(Channel channel, byte[] message)
    {
        int count = CountIn(message);
        Enclosure enclosure = new();
        int claimed = 0;
        try
        {
            for (; claimed < count; claimed++)
            {
                enclosure.items.Add(await channel.ClaimCapabilityAsync(NumberIn(message, claimed)));
            }
            return enclosure;
        }
        catch (NoSuchCapabilityException exception)
        {
            enclosure.Drop();
            Discard(channel, message, claimed + 1, count);
            throw new MalformedMessageException(exception.Message);
        }
        catch
        {
            enclosure.Drop();
            Discard(channel, message, claimed, count);
            throw;
        }
    }

    /// <summary>Gives up what came with a message that is not read any further; its first line suffices.</summary>
    public static void Discard(Channel channel, ReadOnlySpan<byte> beginning)
    {
        if (IsIn(beginning))
        {
            byte[] line = beginning.ToArray();
            Discard(
                channel,
                line,
                0,
                Math.Min(line[CountOffset], (line.Length - MessageHeader.Size) / sizeof(uint))
            );
        }
    }

    // Not awaited: one that is still on its way is given up when it comes, and no message waits for that.
    private static void Discard(Channel channel, byte[] message, int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            channel.DiscardCapability(NumberIn(message, i));
        }
    }

    private static int CountIn(byte[] message)
    {
        int count = message[CountOffset];
        return count <= Maximum && message.Length >= MessageHeader.Size + count * sizeof(uint)
            ? count
            : throw new MalformedMessageException(
                $"A message of {message.Length} bytes cannot have {count} capabilities."
            );
    }

    private static uint NumberIn(byte[] message, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(PlaceOf(index)));

    private static int PlaceOf(int index) => MessageHeader.Size + index * sizeof(uint);

    /// <summary>The next one, in the order in which the arguments were written.</summary>
    /// <exception cref="MalformedMessageException">There is none, or one of another type.</exception>
    public T Take<T>()
        where T : Capability =>
        taken < items.Count && items[taken++] is T capability
            ? capability
            : throw new MalformedMessageException(
                $"A message has no {typeof(T).Name} where one was due."
            );

    /// <summary>All were taken?</summary>
    public bool IsTaken => taken == items.Count;

    /// <summary>Gives up what nobody took.</summary>
    public void DropRest()
    {
        for (; taken < items.Count; taken++)
        {
            items[taken].Dispose();
        }
    }

    /// <summary>Gives up all.</summary>
    public void Drop()
    {
        taken = 0;
        DropRest();
    }

    private static byte[] DiscardLetter(ReadOnlySpan<byte> numbers)
    {
        MessageWriter writer = new();
        writer.Begin(
            new MessageHeader(0, 0, MessageKind.Discard, (byte)(numbers.Length / sizeof(uint)))
        );
        return [.. writer.Written, .. numbers];
    }
}
