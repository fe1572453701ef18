using System.Globalization;
using Cosmos.Multikernel.Drivers.Pci;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>
/// Which devices a driver is for, as kernel projects write it: <c>pci:1af4:1042</c> (vendor and device; <c>*</c> for any
/// device), <c>pci:class:0106</c> (class, sub-class and perhaps programming interface), <c>pci:at:00:1f.2</c> (the one there) or
/// <c>console</c> (screen and keyboard, which every PC has: what displays are among the functions is its driver's).
/// </summary>
public sealed class DeviceMatch
{
    private const string Forms =
        "write pci:VENDOR:DEVICE, pci:VENDOR:*, pci:class:CCSS or pci:class:CCSSPP (hexadecimal), pci:at:BUS:DEVICE.FUNCTION, or console";

    private const string Console = "console";
    private const byte DisplayClass = 0x03;

    private readonly string text;
    private readonly Func<PciFunction, bool> matches;

    private DeviceMatch(string text, Func<PciFunction, bool> matches)
    {
        this.text = text;
        this.matches = matches;
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static DeviceMatch Parse(string text)
    {
        string[] parts = text.Split(':');
        return parts switch
        {
            [Console] => new(text, function => function.Identity.BaseClass == DisplayClass)
            {
                IsConsole = true,
            },
            ["pci", "class", { Length: 4 } subClass] when TryHex(subClass, out uint number) => new(
                text,
                function => function.Identity.SubClass == number
            ),
            ["pci", "class", { Length: 6 } whole] when TryHex(whole, out uint number) => new(
                text,
                function => function.Identity.Class == number
            ),
            ["pci", "at", var bus, var place] => new(text, At($"{bus}:{place}", text)),
            ["pci", { Length: 4 } vendor, "*"] when TryHex(vendor, out uint number) => new(
                text,
                function => function.Identity.Vendor == number
            ),
            ["pci", { Length: 4 } vendor, { Length: 4 } device]
                when TryHex(vendor, out uint number) && TryHex(device, out uint second) => new(
                text,
                function => function.Identity.Vendor == number && function.Identity.Device == second
            ),
            _ => throw new FormatException($"'{text}' names no devices: {Forms}"),
        };
    }

    /// <summary>Whether it is screen and keyboard.</summary>
    public bool IsConsole { get; private init; }

    /// <summary>Whether a function is one of them.</summary>
    public bool Matches(PciFunction function) => matches(function);

    /// <inheritdoc/>
    public override string ToString() => text;

    private static Func<PciFunction, bool> At(string place, string text) =>
        place.Length == "00:1f.2".Length
            ? function => function.Address.ToString() == place
            : throw new FormatException($"'{text}' names no device: {Forms}");

    private static bool TryHex(string text, out uint number) =>
        uint.TryParse(
            text,
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out number
        );
}
