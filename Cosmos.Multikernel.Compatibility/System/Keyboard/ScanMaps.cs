using Cosmos.Multikernel.Compatibility.NotThere;

namespace Cosmos.System.ScanMaps;

/// <summary>A keyboard layout that the console core has too.</summary>
public abstract class StandardLayout : ScanMapBase
{
    private protected StandardLayout(string name) => Name = name;

    /// <summary>The console core's name for it: <c>us</c>, <c>de</c>, <c>fr</c>.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    protected override void Use() => KeyboardManager.SetKeyLayout(this);
}

/// <summary>United States.</summary>
public class USStandardLayout() : StandardLayout("us");

/// <summary>United States, under its older name.</summary>
public class US_Standard : USStandardLayout;

/// <summary>Germany.</summary>
public class DEStandardLayout() : StandardLayout("de");

/// <summary>Germany, under its older name.</summary>
public class DE_Standard : DEStandardLayout;

/// <summary>France.</summary>
public class FRStandardLayout() : StandardLayout("fr");

/// <summary>France, under its older name.</summary>
public class FR_Standard : FRStandardLayout;

/// <summary>United Kingdom.</summary>
[Obsolete(Missing.Layout, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
public class GBStandardLayout() : StandardLayout("");

/// <summary>United Kingdom, under its older name.</summary>
[Obsolete(Missing.Layout, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
public class GB_Standard() : StandardLayout("");

/// <summary>Spain.</summary>
[Obsolete(Missing.Layout, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
public class ESStandardLayout() : StandardLayout("");

/// <summary>Spain, under its older name.</summary>
[Obsolete(Missing.Layout, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
public class ES_Standard() : StandardLayout("");

/// <summary>Turkey.</summary>
[Obsolete(Missing.Layout, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
public class TRStandardLayout() : StandardLayout("");

/// <summary>Turkey, under its older name.</summary>
[Obsolete(Missing.Layout, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
public class TR_StandardQ() : StandardLayout("");

/// <summary>United States, Dvorak.</summary>
[Obsolete(Missing.Layout, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
public class USDvorakLayout() : StandardLayout("");
