using System.Diagnostics.CodeAnalysis;
using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Capabilities;

/// <summary>The memory of a frame where there is no CPU driver.</summary>
internal abstract class LocalFrame(ulong number, long length)
{
    /// <summary>Stands for the physical address: no two frames overlap in these numbers.</summary>
    public ulong Number => number;

    public long Length => length;

    /// <summary>How many entries there are for it.</summary>
    public int References { get; set; }

    /// <summary>Its first byte; made accessible when it is not.</summary>
    public abstract nint Map();

    /// <summary>Not accessible any more, here.</summary>
    public abstract void Unmap();

    /// <summary>Nobody holds it any more.</summary>
    public abstract void Free();
}

/// <summary>
/// A table of frames as the CPU driver's, for where there is none: the same rules and the same error numbers. Device
/// capabilities do not exist here.
/// </summary>
internal abstract class LocalCapabilities : CapabilityStore
{
    private sealed class Entry
    {
        public required LocalFrame Frame { get; init; }
        public required ulong Start { get; init; }
        public required long Length { get; init; }
        public required CapabilityRights Rights { get; init; }
        public bool IsMapped { get; set; }
    }

    private readonly Lock gate = new();
    private readonly SortedDictionary<long, Entry> entries = [];
    private long lastHandle;

    /// <summary>How many capabilities there are.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return entries.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override long AllocateFrame(long bytes, long alignment)
    {
        bool large = alignment == (long)CapabilityLimits.LargeAlignment;
        if (
            bytes is <= 0 or > (long)CapabilityLimits.MaximumFrame
            || (!large && alignment != (long)CapabilityLimits.SmallAlignment)
        )
        {
            return -CapabilityErrors.Invalid;
        }
        long length = large ? alignment : (bytes + 4095) & ~4095L;
        return Enter(Allocate(length), 0, length, CapabilityRights.All);
    }

    /// <inheritdoc/>
    public override long Identify(long handle, out CapabilityDescription description)
    {
        description = default;
        lock (gate)
        {
            if (!TryFind(handle, out Entry? entry))
            {
                return -CapabilityErrors.BadHandle;
            }
            description.Type = CapabilityType.Frame;
            description.Rights = entry.Rights;
            description.Start = entry.Start;
            description.Length = (ulong)entry.Length;
            description.Address = entry.IsMapped ? (ulong)AddressOf(entry) : 0;
            return 0;
        }
    }

    /// <inheritdoc/>
    public override long Next(long handle)
    {
        lock (gate)
        {
            foreach (long candidate in entries.Keys)
            {
                if (candidate > handle)
                {
                    return candidate;
                }
            }
            return -CapabilityErrors.NoEntry;
        }
    }

    /// <inheritdoc/>
    public override long Mint(long handle, in MintRequest request)
    {
        lock (gate)
        {
            if (!TryFind(handle, out Entry? entry))
            {
                return -CapabilityErrors.BadHandle;
            }
            if (request.Rights == 0 || (request.Rights & ~entry.Rights) != 0)
            {
                return -CapabilityErrors.Denied;
            }
            ulong offset = request.Start - entry.Start;
            bool within =
                request.Type == CapabilityType.Frame
                && request.Start >= entry.Start
                && offset < (ulong)entry.Length
                && request.Length != 0
                && request.Length <= (ulong)entry.Length - offset
                && ((offset | request.Length) & 4095) == 0;
            return within
                ? Enter(
                    entry.Frame,
                    request.Start - entry.Frame.Number,
                    (long)request.Length,
                    request.Rights
                )
                : -CapabilityErrors.Invalid;
        }
    }

    /// <inheritdoc/>
    public override long Copy(long handle)
    {
        lock (gate)
        {
            return TryFind(handle, out Entry? entry)
                ? Enter(entry.Frame, entry.Start - entry.Frame.Number, entry.Length, entry.Rights)
                : -CapabilityErrors.BadHandle;
        }
    }

    /// <inheritdoc/>
    public override long Delete(long handle)
    {
        lock (gate)
        {
            if (!TryFind(handle, out Entry? entry))
            {
                return -CapabilityErrors.BadHandle;
            }
            Remove(handle, entry);
            if (entry.Frame.References == 0)
            {
                entry.Frame.Free();
            }
            return 0;
        }
    }

    /// <summary>Ends all: the instance is gone.</summary>
    public void DeleteAll()
    {
        lock (gate)
        {
            foreach (long handle in entries.Keys.ToArray())
            {
                Delete(handle);
            }
        }
    }

    /// <inheritdoc/>
    public override long Map(long handle, CapabilityRights rights)
    {
        lock (gate)
        {
            if (!TryFind(handle, out Entry? entry))
            {
                return -CapabilityErrors.BadHandle;
            }
            if ((rights & CapabilityRights.Read) == 0 || (rights & ~entry.Rights) != 0)
            {
                return -CapabilityErrors.Denied;
            }
            if (entry.IsMapped)
            {
                return -CapabilityErrors.Exists;
            }
            entry.IsMapped = true;
            return AddressOf(entry);
        }
    }

    /// <inheritdoc/>
    public override long Unmap(long handle)
    {
        lock (gate)
        {
            if (!TryFind(handle, out Entry? entry))
            {
                return -CapabilityErrors.BadHandle;
            }
            if (!entry.IsMapped)
            {
                return -CapabilityErrors.Invalid;
            }
            ForgetMapping(entry);
            return 0;
        }
    }

    /// <inheritdoc/>
    public override long Send(int channel, long handle)
    {
        lock (gate)
        {
            if (!TryFind(handle, out Entry? entry))
            {
                return -CapabilityErrors.BadHandle;
            }
            if (entry.Frame.References > 1)
            {
                return -CapabilityErrors.Busy;
            }
            ForgetMapping(entry);
            ulong offset = entry.Start - entry.Frame.Number;
            long number = Send(channel, entry.Frame, offset, entry.Length, entry.Rights);
            if (number >= 0)
            {
                Remove(handle, entry);
            }
            return number;
        }
    }

    /// <inheritdoc/>
    public override long Discard(int channel, long number)
    {
        long claimed = Claim(channel, number);
        return claimed < 0 ? claimed : Delete(claimed);
    }

    /// <summary>A new frame of zeros.</summary>
    protected abstract LocalFrame Allocate(long length);

    /// <summary>Puts a frame on its way; returns its number or a negative error number.</summary>
    protected abstract long Send(
        int channel,
        LocalFrame frame,
        ulong offset,
        long length,
        CapabilityRights rights
    );

    /// <summary>Makes an entry for a frame, or a part of it.</summary>
    protected long Enter(LocalFrame frame, ulong offset, long length, CapabilityRights rights)
    {
        lock (gate)
        {
            frame.References++;
            entries.Add(
                ++lastHandle,
                new Entry
                {
                    Frame = frame,
                    Start = frame.Number + offset,
                    Length = length,
                    Rights = rights,
                }
            );
            return lastHandle;
        }
    }

    private static nint AddressOf(Entry entry) =>
        entry.Frame.Map() + (nint)(entry.Start - entry.Frame.Number);

    private bool TryFind(long handle, [NotNullWhen(true)] out Entry? entry) =>
        entries.TryGetValue(handle, out entry);

    private void Remove(long handle, Entry entry)
    {
        entries.Remove(handle);
        entry.Frame.References--;
        ForgetMapping(entry);
    }

    private void ForgetMapping(Entry entry)
    {
        entry.IsMapped = false;
        if (!entries.Values.Any(other => other.Frame == entry.Frame && other.IsMapped))
        {
            entry.Frame.Unmap();
        }
    }
}
