namespace Cosmos.HAL;

/// <summary>
/// A text screen under its name in Cosmos. A kernel has none: the console driver does. It is here for the line with which kernels begin that
/// choose their drivers: <c>Sys.Global.Init(GetTextScreen(), ...)</c>.
/// </summary>
public abstract class TextScreenBase
{
    private protected TextScreenBase() { }
}
