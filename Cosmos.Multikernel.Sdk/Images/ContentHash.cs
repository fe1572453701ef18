using System.Security.Cryptography;
using System.Text;

namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>One number for many files: another when a name or a byte of any of them is another.</summary>
public static class ContentHash
{
    /// <summary>The SHA-256 of the files' names and contents, in the order of their paths, as lower-case hexadecimal digits.</summary>
    /// <param name="root">Names count from here.</param>
    /// <param name="folders">All files in and below these.</param>
    public static string Of(string root, params IEnumerable<string> folders)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = folders
            .SelectMany(folder =>
                Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            )
            .Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            using var content = File.OpenRead(file);
            all.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(root, file) + "\0"));
            all.AppendData(SHA256.HashData(content));
        }

        return Convert.ToHexStringLower(all.GetHashAndReset());
    }
}
