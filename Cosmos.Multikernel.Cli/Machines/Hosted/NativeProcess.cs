using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cosmos.Multikernel.Cli.Machines.Hosted;

/// <summary>
/// A Linux process of which the real end is wanted: exit status or signal, which .NET's Process folds into one number. It is
/// in a process group of its own, so that the keys of a terminal do not reach it past us.
/// </summary>
internal sealed unsafe class NativeProcess
{
    // posix_spawn(3), waitid(2) on x86-64 Linux.
    private const int OpenReadOnly = 0;
    private const int CloseOnExec = 0x80000;
    private const short SpawnSetGroup = 0x02;
    private const short SpawnSetDefaultSignals = 0x04;
    private const short SpawnSetSignalMask = 0x08;
    private const int ById = 1;
    private const int Exited = 4;
    private const int LeaveUnreaped = 0x01000000;
    private const int Interrupted = 4;
    private const int Kill9 = 9;

    // Larger than glibc's posix_spawnattr_t (336), posix_spawn_file_actions_t (80), sigset_t (128) are.
    private const int OpaqueBytes = 512;
    private const int SetBytes = 128;

    private readonly Lock _gate = new();
    private bool _reaped;

    private NativeProcess(int id) => Id = id;

    public int Id { get; }

    /// <summary>Makes a pipe whose ends no other process inherits.</summary>
    public static (SafeFileHandle Read, SafeFileHandle Write) CreatePipe()
    {
        var ends = stackalloc int[2];
        Check(Pipe(ends, CloseOnExec), "pipe");
        return (new(ends[0], ownsHandle: true), new(ends[1], ownsHandle: true));
    }

    /// <summary>Starts a process.</summary>
    /// <param name="command">The program's path, then its arguments.</param>
    /// <param name="environment">Added to ours.</param>
    /// <param name="input">Its standard input; null for none.</param>
    /// <param name="output">Its standard output and error; null for ours.</param>
    /// <param name="processor">The processor it runs on; null for any.</param>
    /// <exception cref="MachineException">It could not be started.</exception>
    public static NativeProcess Start(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment,
        SafeFileHandle? input,
        SafeFileHandle? output,
        int? processor
    ) =>
        ParentThread.Run(() =>
            // A child begins with the processors of the thread that starts it.
            processor is { } wanted
                ? HostThread.OnProcessor(wanted, () => Spawn(command, environment, input, output))
                : Spawn(command, environment, input, output)
        );

    /// <summary>Blocks until the process has ended, and ends what it started and left running in its group.</summary>
    /// <returns>Its wait status, wait(2): exit status times 256, or the signal.</returns>
    public int Wait()
    {
        var information = stackalloc byte[SetBytes];
        while (
            WaitId(ById, Id, information, Exited | LeaveUnreaped) < 0
            && Marshal.GetLastPInvokeError() == Interrupted
        )
        {
            // A signal of ours: the process lives.
        }

        lock (_gate)
        {
            // Not reaped yet, so the group's number is still its own.
            _ = SendSignal(-Id, Kill9);
            _reaped = true;
            int status;
            _ = WaitPid(Id, &status, 0);
            return status;
        }
    }

    /// <summary>Kills the process, if it still lives: its number belongs to nobody else until <see cref="Wait"/> returns.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            if (!_reaped)
            {
                _ = SendSignal(Id, Kill9);
            }
        }
    }

    /// <summary>A signal's name, such as SIGSEGV.</summary>
    public static string SignalName(int signal) =>
        Marshal.PtrToStringUTF8(SignalAbbreviation(signal)) is { } name ? "SIG" + name : "unknown";

    private static NativeProcess Spawn(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment,
        SafeFileHandle? input,
        SafeFileHandle? output
    )
    {
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        var signals = stackalloc byte[SetBytes];
        var arguments = CopyStrings(command);
        var variables = CopyStrings(Merge(environment));
        _ = ActionsInit(actions);
        _ = AttributesInit(attributes);
        try
        {
            if (input is null)
            {
                _ = AddOpen(actions, 0, "/dev/null", OpenReadOnly, 0);
            }
            else
            {
                _ = AddDuplicate(actions, (int)input.DangerousGetHandle(), 0);
            }

            if (output is not null)
            {
                _ = AddDuplicate(actions, (int)output.DangerousGetHandle(), 1);
                _ = AddDuplicate(actions, (int)output.DangerousGetHandle(), 2);
            }

            // What our runtime ignores and blocks is not the child's affair.
            _ = SetSignalMask(attributes, signals);
            new Span<byte>(signals, SetBytes).Fill(0xFF);
            _ = SetDefaultSignals(attributes, signals);
            _ = SetFlags(attributes, SpawnSetGroup | SpawnSetDefaultSignals | SpawnSetSignalMask);
            int id;
            var error = PosixSpawn(&id, command[0], actions, attributes, arguments, variables);
            return error == 0
                ? new(id)
                : throw new MachineException(
                    $"{command[0]}: {Marshal.GetPInvokeErrorMessage(error)}"
                );
        }
        finally
        {
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
            FreeStrings(arguments);
            FreeStrings(variables);
        }
    }

    private static List<string> Merge(IReadOnlyDictionary<string, string> environment)
    {
        var merged = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            merged[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        foreach (var (name, value) in environment)
        {
            merged[name] = value;
        }

        return [.. merged.Select(entry => $"{entry.Key}={entry.Value}")];
    }

    // A null pointer ends the array.
    private static byte** CopyStrings(IReadOnlyList<string> strings)
    {
        var array = (byte**)
            NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < strings.Count; i++)
        {
            array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }

        return array;
    }

    private static void FreeStrings(byte** array)
    {
        for (var at = array; *at != null; at++)
        {
            Marshal.FreeCoTaskMem((nint)(*at));
        }

        NativeMemory.Free(array);
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw new MachineException($"{what}: {new Win32Exception().Message}");
        }
    }

    [DllImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static extern int Pipe(int* ends, int flags);

    [DllImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static extern int WaitId(int kind, int id, byte* information, int options);

    [DllImport("libc", EntryPoint = "waitpid")]
    private static extern int WaitPid(int id, int* status, int options);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int id, int signal);

    [DllImport("libc", EntryPoint = "sigabbrev_np")]
    private static extern nint SignalAbbreviation(int signal);

    [DllImport("libc", EntryPoint = "posix_spawn")]
    private static extern int PosixSpawn(
        int* id,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        byte* actions,
        byte* attributes,
        byte** arguments,
        byte** environment
    );

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static extern int ActionsInit(byte* actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static extern int ActionsDestroy(byte* actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static extern int AddDuplicate(byte* actions, int from, int to);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    private static extern int AddOpen(
        byte* actions,
        int descriptor,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        int flags,
        uint mode
    );

    [DllImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static extern int AttributesInit(byte* attributes);

    [DllImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static extern int AttributesDestroy(byte* attributes);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static extern int SetFlags(byte* attributes, short flags);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static extern int SetSignalMask(byte* attributes, byte* signals);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static extern int SetDefaultSignals(byte* attributes, byte* signals);
}
