namespace Cosmos.Multikernel.Drivers.Network.Stack;

/// <summary>Lets so much through in a second, and a burst after a pause.</summary>
internal sealed class TokenBucket(int perSecond, int burst)
{
    private double tokens = burst;
    private TimeSpan filled;

    public bool TryTake(TimeSpan now)
    {
        tokens = Math.Min(burst, tokens + (now - filled).TotalSeconds * perSecond);
        filled = now;
        if (tokens < 1)
        {
            return false;
        }
        tokens--;
        return true;
    }
}
