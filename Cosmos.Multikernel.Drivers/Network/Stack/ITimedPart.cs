namespace Cosmos.Multikernel.Drivers.Network.Stack;

/// <summary>A part of the stack that wants to do something when time has passed. Times count from the stack's start.</summary>
internal interface ITimedPart
{
    /// <summary>When it next has something to do; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    TimeSpan Due { get; }

    /// <summary>Does what is due; called at any time, also too early.</summary>
    void RunDue(TimeSpan now);
}
