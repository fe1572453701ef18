// Makes the console's fonts from GRUB's unicode.pf2 (GNU Unifont), which is too big to carry whole:
//
//     subset FONT OUTPUT     a PFF2 font with the characters that a console needs: the console driver's
//     source FONT OUTPUT     a C# file with the lines of ASCII's glyphs: the CPU driver's, for its first and last words
//
// Both are made anew with every build and are part of no commit. docs/console.md names the font's licence.

using Cosmos.Multikernel.Drivers.Console.Fonts;
using Cosmos.Multikernel.Fonts;

if (args is not [("subset" or "source") and var kind, var font, var output])
{
    Console.Error.WriteLine("usage: subset|source FONT OUTPUT");
    return 2;
}

try
{
    if (!File.Exists(font))
    {
        throw new InvalidDataException(
            $"there is no font {font}; './build.sh setup' installs it (package grub-common)"
        );
    }

    var file = File.ReadAllBytes(font);
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
    if (kind == "subset")
    {
        File.WriteAllBytes(output, Pf2Writer.Write(Pf2File.Read(file, ConsoleCharacters.Has)));
    }
    else
    {
        File.WriteAllText(
            output,
            BootFontWriter.Write(Pf2File.Read(file, c => c is > 31 and < 127))
        );
    }

    return 0;
}
catch (Exception failure) when (failure is InvalidDataException or IOException)
{
    Console.Error.WriteLine($"{font}: error: {failure.Message}");
    return 1;
}
