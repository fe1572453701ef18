namespace Cosmos.HAL;

/// <summary>
/// Date and time, UTC. The CPU driver reads the real-time clock once, when the machine starts; from then on its own clock counts.
/// </summary>
public static class RTC
{
    public static byte Second => (byte)Now.Second;

    public static byte Minute => (byte)Now.Minute;

    public static byte Hour => (byte)Now.Hour;

    /// <summary>1 (Sunday) to 7, as the clock has it.</summary>
    public static byte DayOfTheWeek => (byte)(Now.DayOfWeek + 1);

    public static byte DayOfTheMonth => (byte)Now.Day;

    public static byte Month => (byte)Now.Month;

    /// <summary>Of the century.</summary>
    public static byte Year => (byte)(Now.Year % 100);

    public static byte Century => (byte)(Now.Year / 100);

    private static DateTime Now => DateTime.UtcNow;
}
