namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>A clock that moves only when told.</summary>
internal sealed class VirtualTime : TimeProvider
{
    public TimeSpan Now { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    /// <summary>Moves it on; never back.</summary>
    public void MoveTo(TimeSpan time) => Now = time > Now ? time : Now;
}
