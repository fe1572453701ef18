namespace Cosmos.Multikernel.Drivers.Disk.Devices;

/// <summary>Waiting for hardware.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Looks now and then whether a condition has come true, until a time has passed: for what a device does without telling by an
    /// interrupt.
    /// </summary>
    public static async Task<bool> ComesTrueAsync(Func<bool> condition, TimeSpan limit)
    {
        for (TimeSpan waited = default; !condition(); waited += Pause)
        {
            if (waited >= limit)
            {
                return false;
            }
            await EventLoop.Current.Delay(Pause);
        }
        return true;
    }
}
