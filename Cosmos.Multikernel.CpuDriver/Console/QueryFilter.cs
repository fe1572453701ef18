// Keeps questions off the serial line (device status report, device attributes: ECMA-48, 8.3.35 and 8.3.24) while a console
// driver has the screen: it answers them, and a terminal that hangs on the line must not answer a second time. Everything
// else passes, a control sequence when it is whole.
//
// Pure code, compiled for the host's tests too.

namespace Cosmos.Multikernel.CpuDriver.Console;

public unsafe struct QueryFilter
{
    /// <summary>A sequence of more bytes is no question: it passes without waiting for its end.</summary>
    public const uint LongestQuestion = 24;

    private const byte Escape = 0x1b;

    private fixed byte _held[(int)LongestQuestion];
    private uint _count;

    /// <summary>Takes a byte.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="isAnswered">Whether somebody else answers questions: then they do not pass.</param>
    /// <param name="passed">Gets what passes; it has room for <see cref="LongestQuestion"/> bytes.</param>
    public void Take(byte value, bool isAnswered, ref ByteQueue passed)
    {
        if (value == Escape)
        {
            // It begins anew whatever was held.
            Release(ref passed);
            _held[_count++] = value;
            return;
        }
        if (_count == 0)
        {
            passed.Add(value);
            return;
        }
        _held[_count++] = value;
        bool introduces = _count == 2 && value == '[';
        bool continues = _count > 2 && value is >= 0x20 and < 0x40;
        if (introduces || (continues && _count < LongestQuestion))
        {
            return;
        }
        if (isAnswered && IsQuestion(value))
        {
            _count = 0;
        }
        Release(ref passed);
    }

    // ESC [ parameters n, or ... c. An intermediate byte (0x20 to 0x2f) makes it something else.
    private readonly bool IsQuestion(byte final) =>
        _count > 2
        && final is (byte)'n' or (byte)'c'
        && _held[_count - 2] is not (>= 0x20 and < 0x30);

    private void Release(ref ByteQueue passed)
    {
        for (uint i = 0; i < _count; i++)
        {
            passed.Add(_held[i]);
        }
        _count = 0;
    }
}
