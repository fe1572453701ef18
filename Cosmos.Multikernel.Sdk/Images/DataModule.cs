namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>A file that the boot medium brings for instances to read: <c>/dev/modules/NAME</c> on each of them.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="File">The file on this machine.</param>
public sealed record DataModule(string Name, string File)
{
    /// <summary>Returns this module, which is as it should be.</summary>
    /// <exception cref="ImageException">A part of it is wrong; the message names the module and the part.</exception>
    public DataModule Validated()
    {
        if (!ImageModule.IsName(Name))
        {
            throw new ImageException($"module name '{Name}': {ImageModule.NameRule}");
        }

        // GRUB loads modules below 4 GB, and says where each ends in 32 bits.
        const long Limit = 1L << 31;
        var file = new FileInfo(File);
        return !file.Exists ? throw new ImageException($"module '{Name}': there is no file {File}")
            : file.Length >= Limit
                ? throw new ImageException(
                    $"module '{Name}': {File} has {file.Length} bytes; less than {Limit} can be loaded"
                )
            : this;
    }
}
