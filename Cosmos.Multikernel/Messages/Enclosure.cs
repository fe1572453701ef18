using System.Buffers.Binary;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Messages;

/// <summary>
/// The capabilities that go with a message: they travel through the channel beside it, and the numbers to claim them by are the
/// message's last bytes (u32 each; the header says how many).
/// </summary>
internal sealed class Enclosure
{
    /// <summary>The most that go with one message.</summary>
    public const int Maximum = 16;

    private const int CountOffset = 7;

    private readonly List<Capability> items = [];
    private int taken;

    /// <summary>Whether capabilities came with a message.</summary>
    public static bool IsIn(ReadOnlySpan<byte> message) =>
        message.Length >= MessageHeader.Size && message[CountOffset] != 0;

    /// <summary>The message without the numbers.</summary>
    public static ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> message) =>
        message[..^(message[CountOffset] * sizeof(uint))];

    /// <summary>Sends capabilities on their way, and appends their numbers to the message.</summary>
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
        byte[] letter = new byte[message.Length + capabilities.Length * sizeof(uint)];
        // Before anything is gone that the message could not follow.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (uint)letter.Length,
            RingControl.MaximumLength,
            nameof(message)
        );
        message.CopyTo(letter, 0);
        int sent = 0;
        try
        {
            for (; sent < capabilities.Length; sent++)
            {
                uint number = await channel.SendCapabilityAsync(capabilities[sent]);
                int place = message.Length + sent * sizeof(uint);
                BinaryPrimitives.WriteUInt32LittleEndian(letter.AsSpan(place), number);
            }
        }
        catch (Exception exception) when (sent > 0 && exception is not ChannelException)
        {
            await channel.SendAsync(Discard(letter.AsSpan(message.Length, sent * sizeof(uint))));
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
        int count = message[CountOffset];
        if (message.Length < MessageHeader.Size + count * sizeof(uint))
        {
            throw new MalformedMessageException(
                $"A message of {message.Length} bytes cannot have {count} capabilities."
            );
        }
        Enclosure enclosure = new();
        try
        {
            for (int i = count; i > 0; i--)
            {
                uint number = BinaryPrimitives.ReadUInt32LittleEndian(
                    message.AsSpan(message.Length - i * sizeof(uint))
                );
                enclosure.items.Add(await channel.ClaimCapabilityAsync(number));
            }
            return enclosure;
        }
        catch (NoSuchCapabilityException exception)
        {
            enclosure.Drop();
            throw new MalformedMessageException(exception.Message);
        }
        catch
        {
            enclosure.Drop();
            throw;
        }
    }

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

    private static byte[] Discard(ReadOnlySpan<byte> numbers)
    {
        MessageWriter writer = new();
        writer.Begin(
            new MessageHeader(0, 0, MessageKind.Discard, (byte)(numbers.Length / sizeof(uint)))
        );
        return [.. writer.Written, .. numbers];
    }
}
