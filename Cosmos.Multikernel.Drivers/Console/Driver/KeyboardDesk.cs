using Cosmos.Multikernel.Drivers.Console.Keyboards;

namespace Cosmos.Multikernel.Drivers.Console.Driver;

/// <summary>Changes a keyboard's layout for whoever asks. On the event loop, as the keyboard is.</summary>
internal sealed class KeyboardDesk(Keyboard keyboard) : IKeyboardDesk
{
    /// <inheritdoc/>
    public ValueTask<string> GetLayoutAsync() => new(keyboard.Layout.Name);

    /// <inheritdoc/>
    public ValueTask SetLayoutAsync(string name)
    {
        if (!KeyboardLayout.TryFind(name, out KeyboardLayout? layout))
        {
            throw new ArgumentException(
                $"There is no keyboard layout '{name}': {KeyboardLayout.Names} are there."
            );
        }
        keyboard.Layout = layout;
        return default;
    }
}
