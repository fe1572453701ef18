// The capabilities on their way through one side of a channel.
//
// Those that go out are numbered. The sender's CPU driver keeps each until the receiver's says that it was taken, and at most
// Window are under way, so both sides have a place for each and none can be lost for want of memory:
// - what the receiver's CPU driver got, it has: an instance that never claims it, or ends, leaves it to that CPU driver;
// - what it did not get before it said "gone" (or "no memory"), the sender's still has.
// Either sends frames that nobody takes to their homes. Device capabilities are simply forgotten: whoever minted them still has
// what they were minted from.

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>A capability that is in nobody's table.</summary>
internal struct Cargo
{
    public FrameObject Object;
    public ulong Start;
    public ulong Length;
    public CapabilityType Type;
    public CapabilityRights Rights;
    public DeviceCaching Caching;
    public CargoPlace Place;
}

internal enum CargoPlace : byte
{
    Empty = 0,

    /// <summary>Outgoing: not told yet, or told and not known to be taken.</summary>
    Kept,

    /// <summary>Incoming: here, not claimed.</summary>
    Arrived,

    /// <summary>Incoming: claimed, but an earlier one is not.</summary>
    Claimed,

    /// <summary>Incoming: a frame that was given up and has not gone home; then its place counts as claimed.</summary>
    Unwanted,

    /// <summary>A frame that nobody will take.</summary>
    GoingHome,
}

/// <summary>One side's part: numbers, and a frame with two windows of places that comes with the first capability.</summary>
internal unsafe struct CargoState
{
    /// <summary>How many may be under way in one direction.</summary>
    public const uint Window = CapabilityLimits.Window;

    // A receiver tells what it took after so many, or at once when the other side is gone and waits for it.
    private const uint TellEvery = 8;

    private ulong _frame;

    // Outgoing: numbers given, told to the other CPU driver, and taken there.
    private uint _sent;
    private uint _told;
    private uint _taken;

    // Incoming: numbers taken here, and what the other side knows of that.
    private uint _takenHere;
    private uint _takenTold;

    // Places with frames going home: at most both windows.
    private byte _homeless;
    private bool _isPeerGone;
    private bool _tellsTaken;

    // Incoming: somebody waits for one that is not here, and that must be told. Outgoing: somebody waits there.
    private bool _isAwaited;
    private bool _tellsAwaited;
    private bool _isAwaitedThere;
    private bool _noMemoryHere;
    private bool _noMemoryThere;

    /// <summary>How many came.</summary>
    public uint Received { get; private set; }

    /// <summary>Whether some were not told yet.</summary>
    public readonly bool HasWaiting => _told != _sent;

    /// <summary>Whether the other side must hear how far we took.</summary>
    public readonly bool TellsTaken => _tellsTaken;

    /// <summary>Whether somebody here waits for one that has not come.</summary>
    public readonly bool IsAwaited => _isAwaited;

    /// <summary>Whether the other side must hear that.</summary>
    public readonly bool TellsAwaited => _tellsAwaited;

    /// <summary>Whether somebody waits at the other side for the next one.</summary>
    public readonly bool IsAwaitedThere => _isAwaitedThere;

    /// <summary>Whether something may still be ours to send home.</summary>
    public readonly bool IsOutstanding => _taken != _sent;

    private readonly Cargo* Outgoing => (Cargo*)DirectMap.At(_frame);

    private readonly Cargo* Incoming => Outgoing + Window;

    /// <summary>Sees to it that one can be added; 0 or a negative error number.</summary>
    public long MakeRoom()
    {
        if (_noMemoryThere)
        {
            return -Errno.ENOMEM;
        }
        if (_sent - _taken == Window)
        {
            return -Errno.EAGAIN;
        }
        return TryOpen() ? 0 : -Errno.ENOMEM;
    }

    /// <summary>Adds one; there is room.</summary>
    public uint Add(in Cargo cargo)
    {
        Cargo* place = Outgoing + _sent % Window;
        *place = cargo;
        place->Place = CargoPlace.Kept;
        return _sent++;
    }

    /// <summary>The next one to tell.</summary>
    public readonly bool TryPeekWaiting(out uint number, out Cargo cargo)
    {
        number = _told;
        cargo = default;
        if (!HasWaiting)
        {
            return false;
        }
        cargo = Outgoing[number % Window];
        return true;
    }

    public void MarkSent()
    {
        _told++;
        _isAwaitedThere = false;
    }

    /// <summary>Somebody here waits for one that has not come.</summary>
    public void Await()
    {
        _tellsAwaited |= !_isAwaited;
        _isAwaited = true;
    }

    public void MarkAwaitedTold() => _tellsAwaited = false;

    /// <summary>Somebody waits at the other side for one that had not come there. What is on its way already needs no further mark.</summary>
    public void OnAwaited(CargoNews* news) => _isAwaitedThere = news->Received == _told;

    /// <summary>Enters one that came; false when there is no memory for it.</summary>
    public bool TryReceive(uint number, in Cargo cargo)
    {
        if (_noMemoryHere || number != Received || number - _takenHere >= Window)
        {
            return false;
        }
        if (!TryOpen())
        {
            _noMemoryHere = true;
            _tellsTaken = true;
            return false;
        }
        Cargo* place = Incoming + number % Window;
        *place = cargo;
        place->Place = CargoPlace.Arrived;
        Received++;
        _isAwaited = false;
        return true;
    }

    /// <summary>Looks for one that came; 0 or a negative error number.</summary>
    public readonly long Find(ulong number, bool peerGone, out Cargo* cargo)
    {
        cargo = null;
        uint offset = (uint)number - _takenHere;
        if (number > uint.MaxValue || offset >= Window)
        {
            return -Errno.ENOENT;
        }
        if (offset >= Received - _takenHere)
        {
            return _noMemoryHere ? -Errno.ENOMEM
                : peerGone ? -Errno.ENOENT
                : -Errno.EAGAIN;
        }
        cargo = Incoming + (uint)number % Window;
        return cargo->Place == CargoPlace.Arrived ? 0 : -Errno.ENOENT;
    }

    /// <summary>One that was found is in its receiver's table now.</summary>
    public void Take(uint number)
    {
        Incoming[number % Window].Place = CargoPlace.Claimed;
        Advance();
    }

    /// <summary>One that was found is not wanted: a frame goes home, anything else is forgotten.</summary>
    public void Discard(uint number)
    {
        Cargo* place = Incoming + number % Window;
        if (place->Type == CapabilityType.Frame)
        {
            place->Place = CargoPlace.Unwanted;
            _homeless++;
        }
        else
        {
            Take(number);
        }
    }

    /// <summary>The receiving instance is gone: what it did not claim goes home.</summary>
    public void GiveUp()
    {
        while (_takenHere != Received)
        {
            Orphan(Incoming + _takenHere++ % Window);
        }
        _tellsTaken |= _takenHere != _takenTold;
    }

    /// <summary>The other side is gone and got so many.</summary>
    public void OnPeerGone(uint received)
    {
        _isPeerGone = true;
        TakeBackFrom(received);
        _tellsTaken |= _takenHere != _takenTold;
    }

    /// <summary>The other side says how far it took.</summary>
    public void OnTaken(CargoNews* news)
    {
        if (news->NoMemory != 0)
        {
            _noMemoryThere = true;
            TakeBackFrom(news->Received);
        }
        // Numbers only go up; and what was not sent cannot be taken.
        if (news->Taken - _taken <= _sent - _taken)
        {
            while (_taken != news->Taken)
            {
                Empty(Outgoing + _taken++ % Window);
            }
        }
    }

    public void Describe(ref CargoNews news)
    {
        news.Taken = _takenHere;
        news.Received = Received;
        news.NoMemory = _noMemoryHere ? 1u : 0;
    }

    public void MarkTold()
    {
        _tellsTaken = false;
        _takenTold = _takenHere;
    }

    /// <summary>Sends orphaned frames home; true when none is left.</summary>
    public bool TrySendHome()
    {
        if (_homeless == 0)
        {
            return true;
        }
        for (uint i = 0; i < 2 * Window && _homeless != 0; i++)
        {
            Cargo* place = Outgoing + i;
            bool isUnwanted = place->Place == CargoPlace.Unwanted;
            if (
                (isUnwanted || place->Place == CargoPlace.GoingHome)
                && Homecoming.TrySend(in place->Object)
            )
            {
                *place = default;
                _homeless--;
                if (isUnwanted)
                {
                    place->Place = CargoPlace.Claimed;
                    Advance();
                }
            }
        }
        return _homeless == 0;
    }

    /// <summary>Gives the places back; all are empty.</summary>
    public void Free()
    {
        if (_frame != FrameAllocator.None)
        {
            Frames.Free(_frame);
            _frame = FrameAllocator.None;
        }
    }

    // Past all that were taken, in their order; a receiver that took enough tells so.
    private void Advance()
    {
        while (_takenHere != Received && Incoming[_takenHere % Window].Place == CargoPlace.Claimed)
        {
            Incoming[_takenHere++ % Window] = default;
        }
        _tellsTaken |=
            _takenHere - _takenTold >= TellEvery || (_isPeerGone && _takenHere != _takenTold);
    }

    // What the other side did not get and never will.
    private void TakeBackFrom(uint received)
    {
        if (received - _taken > _sent - _taken)
        {
            return;
        }
        for (uint number = received; number != _sent; number++)
        {
            Orphan(Outgoing + number % Window);
        }
        _sent = received;
        // What it got is its own to see to.
        _told = _sent;
    }

    private void Orphan(Cargo* cargo)
    {
        if (
            cargo->Place is CargoPlace.Kept or CargoPlace.Arrived
            && cargo->Type == CapabilityType.Frame
        )
        {
            cargo->Place = CargoPlace.GoingHome;
            _homeless++;
        }
        else if (cargo->Place == CargoPlace.Unwanted)
        {
            // On its way already.
            cargo->Place = CargoPlace.GoingHome;
        }
        else if (cargo->Place != CargoPlace.GoingHome)
        {
            *cargo = default;
        }
    }

    private static void Empty(Cargo* cargo)
    {
        if (cargo->Place != CargoPlace.GoingHome)
        {
            *cargo = default;
        }
    }

    private bool TryOpen()
    {
        if (_frame == FrameAllocator.None)
        {
            _frame = Frames.AllocateZeroed();
        }
        return _frame != FrameAllocator.None;
    }
}
