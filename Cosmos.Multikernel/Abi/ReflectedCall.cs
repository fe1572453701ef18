namespace Cosmos.Multikernel.Abi;

/// <summary>
/// A system call that a thread of the instance made and another answers; for <see cref="MultikernelCall.TakeCall"/>. The thread
/// waits until <see cref="MultikernelCall.CompleteCall"/> ends its call.
/// </summary>
public unsafe struct ReflectedCall
{
    /// <summary>Which call: <see cref="SystemCallNumber"/>.</summary>
    public uint Number;

    /// <summary>Whose.</summary>
    public uint Thread;

    /// <summary>What was in RDI, RSI, RDX, R10, R8 and R9. Nothing about them has been checked.</summary>
    public fixed ulong Arguments[6];
}
