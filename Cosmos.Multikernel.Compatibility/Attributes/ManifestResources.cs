using System.Reflection;

namespace Cosmos.Multikernel.Compatibility;

/// <summary>Reads the resources that <c>[ManifestResourceStream]</c> fields hold. The build puts the calls into static constructors.</summary>
public static class ManifestResources
{
    /// <summary>A resource of the assembly that a type is in.</summary>
    /// <exception cref="FileNotFoundException">It is not there: the build would have said so.</exception>
    public static byte[] Read(RuntimeTypeHandle type, string name)
    {
        Assembly assembly = Type.GetTypeFromHandle(type)!.Assembly;
        using Stream stream =
            assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException(
                $"{assembly.GetName().Name} has no resource {name}.",
                name
            );
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
