using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Console.Driver;

/// <summary>What a console driver does for everybody, under the name <see cref="ConsoleDriver.KeyboardName"/>: the layout of the machine's keyboard.</summary>
[MessageInterface(Service = "keyboard")]
public interface IKeyboardDesk
{
    /// <summary>The layout's name.</summary>
    ValueTask<string> GetLayoutAsync();

    /// <summary>Changes it: from the next key on.</summary>
    /// <exception cref="ArgumentException">There is no layout of the name.</exception>
    ValueTask SetLayoutAsync(string name);
}
