namespace Cosmos.Multikernel.Capabilities;

/// <summary>Error numbers of the capability calls, and the exceptions they become.</summary>
internal static class CapabilityErrors
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int BadHandle = 9;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int Denied = 13;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int Invalid = 22;
    public const int BrokenPipe = 32;
    public const int NotImplemented = 38;
    public const int NotConnected = 107;

    /// <summary>A call's result when it is none of the error numbers.</summary>
    public static long Check(long result, string what)
    {
        if (result is < 0 and > -4096)
        {
            Throw((int)-result, what);
        }
        return result;
    }

    private static void Throw(int error, string what) =>
        throw error switch
        {
            NoMemory => new NoMemoryForCapabilityException($"No memory to {what}.", error),
            NotPermitted or Denied => new CapabilityDeniedException(
                $"Not allowed to {what}.",
                error
            ),
            Busy => new CapabilityInUseException(
                $"Cannot {what}: it is in use, or other capabilities for it exist.",
                error
            ),
            Exists => new CapabilityInUseException($"Cannot {what}: it is mapped already.", error),
            BadHandle or NoEntry => new NoSuchCapabilityException(
                $"Cannot {what}: there is no such capability.",
                error
            ),
            Invalid => new ArgumentException($"Cannot {what}: a number is out of range."),
            _ => new CapabilityException($"Cannot {what}: error {error}.", error),
        };
}
