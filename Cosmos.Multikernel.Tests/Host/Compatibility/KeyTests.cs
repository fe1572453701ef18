using Cosmos.System;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>.NET's keys under Cosmos's names.</summary>
public sealed class KeyTests
{
    [TestCase('a', ConsoleKey.A, ConsoleKeyEx.A)]
    [TestCase('Z', ConsoleKey.Z, ConsoleKeyEx.Z)]
    [TestCase('1', ConsoleKey.D1, ConsoleKeyEx.D1)]
    [TestCase('9', ConsoleKey.D9, ConsoleKeyEx.D9)]
    [TestCase('0', ConsoleKey.D0, ConsoleKeyEx.D0)]
    [TestCase('\0', ConsoleKey.F1, ConsoleKeyEx.F1)]
    [TestCase('\0', ConsoleKey.F12, ConsoleKeyEx.F12)]
    [TestCase('\0', ConsoleKey.NumPad0, ConsoleKeyEx.Num0)]
    [TestCase('\0', ConsoleKey.NumPad5, ConsoleKeyEx.Num5)]
    [TestCase('\0', ConsoleKey.NumPad9, ConsoleKeyEx.Num9)]
    [TestCase('\r', ConsoleKey.Enter, ConsoleKeyEx.Enter)]
    [TestCase('\b', ConsoleKey.Backspace, ConsoleKeyEx.Backspace)]
    [TestCase('\u001b', ConsoleKey.Escape, ConsoleKeyEx.Escape)]
    [TestCase('\0', ConsoleKey.UpArrow, ConsoleKeyEx.UpArrow)]
    [TestCase('.', ConsoleKey.OemPeriod, ConsoleKeyEx.Period)]
    [TestCase('?', (ConsoleKey)0, ConsoleKeyEx.Slash)]
    [TestCase('ß', (ConsoleKey)0, ConsoleKeyEx.NoName)]
    public void AreCalled(char character, ConsoleKey key, ConsoleKeyEx expected)
    {
        KeyEvent found = KeyTable.EventOf(new ConsoleKeyInfo(character, key, false, false, true));
        Assert.That(found.Key, Is.EqualTo(expected));
        Assert.That(found.KeyChar, Is.EqualTo(character));
        Assert.That(found.Modifiers, Is.EqualTo(ConsoleModifiers.Control));
        Assert.That(found.Type, Is.EqualTo(KeyEvent.KeyEventType.Make));
    }
}
