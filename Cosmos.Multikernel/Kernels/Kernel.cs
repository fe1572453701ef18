using System.Diagnostics.CodeAnalysis;
using Cosmos.Multikernel;
using Cosmos.Multikernel.Kernels;
using Cosmos.Multikernel.Services;

namespace Cosmos.System;

/// <summary>
/// A kernel: what runs on a core. Derive one class from it, write nothing else, and it boots.
/// </summary>
/// <remarks>
/// <para>
/// The life of a kernel is the one Cosmos authors know: <see cref="OnBoot"/>, <see cref="BeforeRun"/>, then
/// <see cref="Run"/> again and again until <see cref="Stop()"/>, then <see cref="AfterRun"/>. The entry point of the
/// program is generated.
/// </para>
/// <para>
/// All of it runs on the program's main thread and may block (<c>Console.ReadLine</c>): the instance's event loop,
/// which answers messages, runs beside it on a thread of its own. A kernel that would rather live on the event loop
/// derives from <see cref="AsyncKernel"/>.
/// </para>
/// </remarks>
[SuppressMessage(
    "Naming",
    "CA1716",
    Justification = "The names are those of Cosmos.System.Kernel."
)]
public abstract partial class Kernel
{
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Set by <see cref="Stop()"/>: no further <see cref="Run"/> begins.</summary>
    public bool IsStopping => stopping.IsCancellationRequested;

    /// <summary>Cancelled by <see cref="Stop()"/>.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>What the program returns when the kernel stops: 0 unless <see cref="Stop(int)"/> said otherwise.</summary>
    public int ExitStatus { get; private set; }

    /// <summary>
    /// The first thing called: global initialisation, before the instance answers messages. It may send them, unless the kernel
    /// lives on the event loop (<see cref="AsyncKernel"/>), which does not run yet.
    /// </summary>
    protected virtual void OnBoot() { }

    /// <summary>Called once, before the first <see cref="Run"/>.</summary>
    protected virtual void BeforeRun() { }

    /// <summary>Called again and again until <see cref="Stop()"/>.</summary>
    protected abstract void Run();

    /// <summary>Called once, after the last <see cref="Run"/>.</summary>
    protected virtual void AfterRun() { }

    /// <summary>Ends the kernel after the current <see cref="Run"/>. May be called from any thread.</summary>
    public void Stop() => stopping.Cancel();

    /// <summary>Ends the kernel after the current <see cref="Run"/>; the program returns <paramref name="exitStatus"/>.</summary>
    /// <param name="exitStatus">0 to 255.</param>
    public void Stop(int exitStatus)
    {
        ExitStatus = exitStatus;
        Stop();
    }

    /// <summary>Lives the kernel's whole life and returns when it has stopped. The generated entry point calls it.</summary>
    public virtual void Start()
    {
        using (EventLoop loop = InstanceHost.RunBeside())
        {
            CallOnBoot();
            InstanceHost.ServeOn(loop);
            InstanceHost.Enter(InstanceState.Running);
            BeforeRun();
            while (!IsStopping)
            {
                Run();
            }

            InstanceHost.Enter(InstanceState.Stopping);
            AfterRun();
        }
    }

    private protected void CallOnBoot()
    {
        DebuggerWait.WaitIfAsked();
        mStarted = true;
        OnBoot();
    }
}
