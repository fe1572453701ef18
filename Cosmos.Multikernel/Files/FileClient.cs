using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Channels.Platforms;
using Cosmos.Multikernel.Files.Client;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Native;

namespace Cosmos.Multikernel.Files;

/// <summary>
/// Makes <c>System.IO</c> work: the thread of an instance that answers the instance's own system calls about files, by message
/// to the file service.
/// </summary>
/// <remarks>
/// <para>
/// The CPU driver has no file code. It blocks a thread that makes such a call and hands the call to this thread (docs/file-systems.md).
/// Principles.
/// </para>
/// <list type="number">
/// <item>This thread has an event loop, a domain page and channels of its own, so that the instance's event loop may block in
/// <c>File.ReadAllText</c> without keeping it from its work. It never waits for anything of the rest of the program: no thread
/// pool, no lock that a thread which waits for it could hold, and no file.</item>
/// <item>Calls are answered in any order, as many at a time as there are threads.</item>
/// <item>Every call ends: by its answer, by the end of the service's instance (EIO), or when the service has said nothing for
/// a minute (EIO).</item>
/// <item>It costs an instance that uses no files a sleeping thread: all else is made at the first call.</item>
/// </list>
/// <para>On Linux (hosted) files are those of Linux, and this does nothing.</para>
/// </remarks>
public static class FileClient
{
    private const int StackBytes = 512 << 10;

    // A service that owes answers and has given none in two looks is given up.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);

    private static EventLoop? loop;
    private static FileCalls? calls;
    private static FileConnection? connection;
    private static int underWay;
    private static bool isWatching;

    /// <summary>
    /// Begins to answer this instance's calls. The generated part of each program calls it before <c>Main</c>; calling it again
    /// changes nothing.
    /// </summary>
    public static void Start()
    {
        // Refused on Linux, to monitors, and when it has been done.
        if (SystemCalls.Invoke(MultikernelCall.ReflectCalls, 1) < 0)
        {
            return;
        }
        // Before that thread runs the first calls only wait for it.
        new Thread(Run, StackBytes) { IsBackground = true, Name = "file client" }.Start();
    }

    /// <summary>
    /// Answers no more: calls about files find none. For an instance that serves files, which would wait for itself.
    /// </summary>
    public static void Stop() => SystemCalls.Invoke(MultikernelCall.ReflectCalls, 0);

    private static void Run()
    {
        DomainPageView page = DomainPageView.OfInstance(DomainPage.Reflection);
        page.SleepUntilCalled();
        loop = new EventLoop(new MetalPlatform(DomainPage.Reflection)) { Notified = TakeCalls };
        connection = new FileConnection(loop);
        calls = new FileCalls(new OwnMemory(), connection);
        loop.RunUntil(static () => false);
    }

    private static unsafe void TakeCalls()
    {
        ReflectedCall call;
        while (
            SystemCalls.Invoke(MultikernelCall.TakeCall, (nint)(&call), sizeof(ReflectedCall)) == 0
        )
        {
            Answer(
                call.Thread,
                new FileCall(
                    call.Number,
                    call.Arguments[0],
                    call.Arguments[1],
                    call.Arguments[2],
                    call.Arguments[3],
                    call.Arguments[4],
                    call.Arguments[5]
                )
            );
        }
    }

    private static async void Answer(uint thread, FileCall call)
    {
        underWay++;
        Watch();
        long result;
        try
        {
            result = await calls!.CallAsync(call);
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or TimeoutException
                        or ObjectDisposedException
                        or RemoteException
            )
        {
            // The service's instance ended, was given up, or failed in a way of which it knows nothing to say.
            result = -(long)FileError.InputOutput;
        }
        catch (OutOfMemoryException)
        {
            result = -(long)FileError.NoMemory;
        }
        underWay--;
        SystemCalls.Invoke(MultikernelCall.CompleteCall, (nint)thread, (nint)result);
    }

    private static async void Watch()
    {
        if (isWatching)
        {
            return;
        }
        isWatching = true;
        int vainLooks = 0;
        ulong seen = connection!.Answers;
        while (underWay != 0)
        {
            await loop!.Delay(LookInterval);
            vainLooks = connection.Answers == seen && underWay != 0 ? vainLooks + 1 : 0;
            seen = connection.Answers;
            if (vainLooks == 2)
            {
                connection.Abandon();
            }
        }
        isWatching = false;
    }
}
