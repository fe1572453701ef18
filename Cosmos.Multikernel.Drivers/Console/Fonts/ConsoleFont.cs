namespace Cosmos.Multikernel.Drivers.Console.Fonts;

/// <summary>The console's font, which the build has made from GRUB's (Cosmos.Multikernel.Fonts) and put into this assembly.</summary>
public static class ConsoleFont
{
    /// <summary>Reads it.</summary>
    public static BitmapFont Load()
    {
        using Stream file =
            typeof(ConsoleFont).Assembly.GetManifestResourceStream("console.pf2")
            ?? throw new InvalidOperationException("This build has no font.");
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return Pf2File.Read(bytes);
    }
}
