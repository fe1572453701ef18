// Boot modules that are files: what the boot medium brings for instances to read, such as an image of a disk.
//
// Every core has all boot modules mapped read-only, so each CPU driver answers its own instances: there is no one to ask and
// nothing to keep. They are /dev/modules/NAME, where paths are the CPU driver's and not the file service's.

using System;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

public static unsafe class DataModules
{
    /// <summary>Where they are.</summary>
    public static ReadOnlySpan<byte> Folder => "/dev/modules/"u8;

    /// <summary>The module that a path names, or null.</summary>
    public static Module* Find(byte* path, ulong length)
    {
        if (!Module.StartsWith(path, (uint)length, Folder))
        {
            return null;
        }
        ReadOnlySpan<byte> name = new(path + Folder.Length, (int)length - Folder.Length);
        for (uint i = 0; i < ThisCore.Boot->ModuleCount; i++)
        {
            Module* module = ThisCore.Boot->Modules + i;
            if (
                module->IsData
                && module->Status == ModuleStatus.Ok
                && Bytes.Equal(module->Name, module->NameLength, name)
            )
            {
                return module;
            }
        }
        return null;
    }

    /// <summary>Copies from a place in a module. Behind its end there is nothing.</summary>
    public static long Read(
        Domain* domain,
        Module* module,
        ulong position,
        ulong buffer,
        ulong count
    )
    {
        if (position >= module->Length)
        {
            return 0;
        }
        byte* content = DirectMap.At(module->PhysicalStart) + position;
        UserWalk walk = new(
            domain,
            buffer,
            Math.Min(count, module->Length - position),
            Protection.Write
        );
        while (walk.TryPiece(out byte* bytes, out ulong piece))
        {
            Bytes.Copy(bytes, content + walk.Done, piece);
            walk.Advance(piece);
        }
        return walk.Result;
    }
}
