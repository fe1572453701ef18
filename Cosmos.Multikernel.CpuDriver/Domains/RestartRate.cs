namespace Cosmos.Multikernel.CpuDriver.Domains;

/// <summary>How often an instance was started again lately: an instance that dies as soon as it lives must not go round for ever.</summary>
internal unsafe struct RestartRate
{
    /// <summary>So many restarts...</summary>
    public const uint Most = 5;

    /// <summary>...within this time, nanoseconds.</summary>
    public const ulong Within = 60ul * 1_000_000_000;

    private fixed ulong _times[(int)Most];
    private uint _count;

    /// <summary>Counts a restart now; false when it would be one too many.</summary>
    public bool TryCount(ulong now)
    {
        uint place = _count % Most;
        if (_count >= Most && now - _times[place] < Within)
        {
            return false;
        }
        _times[place] = now;
        _count++;
        return true;
    }

    /// <summary>Begins anew.</summary>
    public void Forgive() => _count = 0;
}
