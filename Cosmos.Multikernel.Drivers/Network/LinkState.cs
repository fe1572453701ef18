namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>What a network device knows of its cable.</summary>
/// <param name="IsUp">Whether there is somebody at the other end.</param>
/// <param name="MegabitsPerSecond">Speed; 0 when unknown or down.</param>
/// <param name="IsFullDuplex">Whether both ends may send at once.</param>
public readonly record struct LinkState(bool IsUp, int MegabitsPerSecond, bool IsFullDuplex)
{
    /// <summary>For people.</summary>
    public override string ToString() =>
        (IsUp, MegabitsPerSecond) switch
        {
            (false, _) => "down",
            (true, 0) => "up",
            _ => $"up, {MegabitsPerSecond} Mbit/s {(IsFullDuplex ? "full" : "half")} duplex",
        };
}
