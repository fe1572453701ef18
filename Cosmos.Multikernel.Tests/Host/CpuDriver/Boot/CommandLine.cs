using System.Runtime.InteropServices;
using System.Text;
using Cosmos.Multikernel.CpuDriver.Boot;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Boot;

/// <summary>A module's command line as the boot phase reads it, turned into objects.</summary>
internal sealed unsafe record CommandLine(
    ModuleStatus Status,
    string Name,
    string Cores,
    bool IsConsole,
    ulong MemoryLimit,
    uint Priority,
    string Arguments,
    bool IsMonitor = false,
    RestartPolicy Restart = RestartPolicy.Unsaid
)
{
    private const int Fence = 64;
    private const byte FenceByte = 0xa7;

    public static CommandLine Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    public static CommandLine Parse(ReadOnlySpan<byte> text)
    {
        fixed (byte* start = &MemoryMarshal.GetReference([.. text, (byte)'\\']))
        {
            return Parse(start, (uint)text.Length);
        }
    }

    /// <summary>Parses into a store of exactly the promised size, between fences that must stay as they are.</summary>
    public static CommandLine Parse(byte* text, uint length)
    {
        byte[] store = new byte[Fence + (int)length + 2 + Fence];
        store.AsSpan().Fill(FenceByte);
        fixed (byte* start = store)
        {
            Module module = default;
            module.Status = Module.Parse(text, length, start + Fence, ref module);
            CheckFence(store.AsSpan(0, Fence));
            CheckFence(store.AsSpan(Fence + (int)length + 2));
            return new CommandLine(
                module.Status,
                Take(module.Name, module.NameLength),
                Take(module.Cores, module.CoresLength),
                module.IsConsole,
                module.MemoryLimit,
                module.Priority,
                Take(module.Arguments, module.ArgumentBytes),
                module.IsMonitor,
                module.Restart
            );
        }
    }

    /// <summary>The first core of a machine with so many that a module runs on; -1 for none.</summary>
    public static int FirstCore(string text, uint count)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[] store = new byte[bytes.Length + 2];
        fixed (byte* start = bytes)
        fixed (byte* place = store)
        {
            Module module = default;
            module.Status = Module.Parse(start, (uint)bytes.Length, place, ref module);
            return module.TryFirstCore(count, out uint core) ? (int)core : -1;
        }
    }

    /// <summary>Refuses fences that were written to.</summary>
    public static void CheckFence(ReadOnlySpan<byte> fence)
    {
        if (fence.ContainsAnyExcept(FenceByte))
        {
            throw new InvalidOperationException("written outside the store");
        }
    }

    /// <summary>An argument or name as a person must quote it.</summary>
    public static string Quote(string word) =>
        '"' + word.Replace("\\", "\\\\").Replace("\"", "\\\"") + '"';

    private static string Take(byte* text, uint length) =>
        text == null ? "" : Encoding.UTF8.GetString(text, (int)length);
}
