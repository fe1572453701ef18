using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Channels;

/// <summary>How long an idle loop polls, by a clock that the test moves.</summary>
public sealed class PollWindowTests
{
    private const long WakeCost = 16_000;
    private const long Look = 10;

    private long now = 1_000_000;

    [Test]
    public void ItPollsAsLongAsASleepCosts()
    {
        PollWindow window = new(WakeCost);
        Assert.That(PollIn(ref window), Is.EqualTo(WakeCost).Within(WakeCost / 8));
    }

    [Test]
    public void WherePollingHelpsNobodyItSleepsAtOnce()
    {
        PollWindow window = new(0);
        Assert.That(window.IsOpen, Is.False);
        Assert.That(window.KeepPolling(now), Is.False);
    }

    /// <summary>Long sleeps close the window, step by step; a short one opens it whole.</summary>
    [Test]
    public void SleepsSayWhetherPollingIsWorthIt()
    {
        PollWindow window = new(WakeCost);
        long before = PollIn(ref window);
        for (int i = 0; i < 4; i++)
        {
            window.AfterSleep(11 * WakeCost);
            long polled = PollIn(ref window);
            Assert.That(polled, Is.LessThan(before));
            before = polled;
        }
        window.AfterSleep(11 * WakeCost);
        Assert.That(window.IsOpen, Is.False);
        window.AfterSleep(5 * WakeCost);
        Assert.That(window.IsOpen, Is.False, "neither long nor short");
        window.AfterSleep(3 * WakeCost);
        Assert.That(PollIn(ref window), Is.EqualTo(WakeCost).Within(WakeCost / 8));
    }

    /// <summary>Somebody took the processor away while it polled: that was no polling.</summary>
    [Test]
    public void WhatOthersTookIsNotCounted()
    {
        PollWindow window = new(WakeCost);
        int looks = 0;
        while (window.KeepPolling(now))
        {
            now += looks++ % 100 == 50 ? 100 * WakeCost : Look;
        }
        Assert.That(looks, Is.GreaterThan(8 * 32));
    }

    /// <summary>Each idle time has a window of its own.</summary>
    [Test]
    public void WhatHappensBeginsAnew()
    {
        PollWindow window = new(WakeCost);
        for (int i = 0; i < 100 && window.KeepPolling(now); i++)
        {
            now += Look;
        }
        window.Reset();
        Assert.That(PollIn(ref window), Is.EqualTo(WakeCost).Within(WakeCost / 8));
    }

    // Looks until the window is over; returns for how long it looked after the looks that are not timed.
    private long PollIn(ref PollWindow window)
    {
        long begin = now + 31 * Look;
        while (window.KeepPolling(window.NeedsTime ? now : 0))
        {
            now += Look;
        }
        window.Reset();
        return now - begin;
    }
}
