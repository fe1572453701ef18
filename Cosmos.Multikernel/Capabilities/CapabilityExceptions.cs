namespace Cosmos.Multikernel.Capabilities;

/// <summary>A capability does not allow what was tried, or cannot now.</summary>
public class CapabilityException : IOException
{
    internal CapabilityException(string message, int error)
        : base(message)
    {
        ErrorNumber = error;
    }

    /// <summary>Linux's number for the reason.</summary>
    public int ErrorNumber { get; }
}

/// <summary>The core, or this instance's limit, has no memory for it.</summary>
public sealed class NoMemoryForCapabilityException : CapabilityException
{
    internal NoMemoryForCapabilityException(string message, int error)
        : base(message, error) { }
}

/// <summary>The capability's rights or kind do not allow it, or the CPU driver uses what was asked for itself.</summary>
public sealed class CapabilityDeniedException : CapabilityException
{
    internal CapabilityDeniedException(string message, int error)
        : base(message, error) { }
}

/// <summary>The capability is in use: mapped already, or copied when it has to be the only one.</summary>
public sealed class CapabilityInUseException : CapabilityException
{
    internal CapabilityInUseException(string message, int error)
        : base(message, error) { }
}

/// <summary>There is no such capability: it was deleted or sent away, or the number never meant one.</summary>
public sealed class NoSuchCapabilityException : CapabilityException
{
    internal NoSuchCapabilityException(string message, int error)
        : base(message, error) { }
}
