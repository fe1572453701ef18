using Cosmos.Multikernel.Drivers.Console.Keyboards;

namespace Cosmos.System.ScanMaps;

/// <summary>A keyboard layout that the console driver has too.</summary>
public abstract class StandardLayout : ScanMapBase
{
    private protected StandardLayout(KeyboardLayout layout) => Name = layout.Name;

    /// <summary>The console driver's name for it.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    protected override void Use() => KeyboardManager.SetKeyLayout(this);
}

/// <summary>United States.</summary>
public class USStandardLayout() : StandardLayout(KeyboardLayout.Us);

/// <summary>United States, under its older name.</summary>
public class US_Standard : USStandardLayout;

/// <summary>Germany.</summary>
public class DEStandardLayout() : StandardLayout(KeyboardLayout.German);

/// <summary>Germany, under its older name.</summary>
public class DE_Standard : DEStandardLayout;

/// <summary>France.</summary>
public class FRStandardLayout() : StandardLayout(KeyboardLayout.French);

/// <summary>France, under its older name.</summary>
public class FR_Standard : FRStandardLayout;

/// <summary>United Kingdom.</summary>
public class GBStandardLayout() : StandardLayout(KeyboardLayout.British);

/// <summary>United Kingdom, under its older name.</summary>
public class GB_Standard : GBStandardLayout;

/// <summary>Spain.</summary>
public class ESStandardLayout() : StandardLayout(KeyboardLayout.Spanish);

/// <summary>Spain, under its older name.</summary>
public class ES_Standard : ESStandardLayout;

/// <summary>Turkey.</summary>
public class TRStandardLayout() : StandardLayout(KeyboardLayout.Turkish);

/// <summary>Turkey, under its older name.</summary>
public class TR_StandardQ : TRStandardLayout;

/// <summary>United States, Dvorak.</summary>
public class USDvorakLayout() : StandardLayout(KeyboardLayout.Dvorak);
