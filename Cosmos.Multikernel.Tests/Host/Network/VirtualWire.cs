using Cosmos.Multikernel.Drivers.Network;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>
/// A cable in virtual time, with as many stacks at it as wanted. What one sends all others get, but for what a seed decides to
/// lose, double, damage or hold back so that later packets overtake it.
/// </summary>
internal sealed class VirtualWire(int seed = 1)
{
    private readonly Random random = new(seed);
    private readonly PriorityQueue<Action, (TimeSpan Time, long Number)> agenda = new();
    private readonly List<WireDevice> devices = [];
    private readonly List<(NetworkStack Stack, TimeSpan Started)> stacks = [];
    private long lastNumber;

    public VirtualTime Time { get; } = new();

    /// <summary>Packets in a thousand that are lost.</summary>
    public int Loss { get; set; }

    /// <summary>Packets in a thousand that come twice.</summary>
    public int Duplication { get; set; }

    /// <summary>Packets in a thousand of which a bit is turned over.</summary>
    public int Damage { get; set; }

    /// <summary>Longest time that a packet takes, in microseconds.</summary>
    public int LongestDelay { get; set; } = 50;

    /// <summary>All packets sent, in their order.</summary>
    public List<byte[]> Carried { get; } = [];

    /// <summary>Called whenever something may have come: the place for a server that is not a part of a stack.</summary>
    public Action? AfterStep { get; set; }

    /// <summary>Adds a device without a stack.</summary>
    public WireDevice AddDevice()
    {
        WireDevice device = new(Crafted.Mac(devices.Count + 1));
        device.Carry = packet => Carry(device, packet);
        devices.Add(device);
        return device;
    }

    /// <summary>Adds a stack with a fixed address of 10.0.2.0/24, router 10.0.2.2; it is there at once.</summary>
    public NetworkStack Add(byte host, params Ipv4Address[] nameServers) =>
        Add(
            new NetworkOptions
            {
                Static = new Ipv4Configuration(
                    Address(host),
                    24,
                    host == 2 ? Ipv4Address.Any : Address(2),
                    nameServers
                ),
                ProbeCount = 0,
            }
        );

    /// <summary>Adds a stack.</summary>
    public NetworkStack Add(NetworkOptions options)
    {
        NetworkStack stack = new(
            AddDevice(),
            options,
            Time,
            new SeededRandom(seed * 100 + stacks.Count)
        );
        stacks.Add((stack, Time.Now));
        stack.RunDue();
        return stack;
    }

    /// <summary>An address of the wire's network.</summary>
    public static Ipv4Address Address(byte host) => new(0x0A00_0200u | host);

    /// <summary>The device of a stack.</summary>
    public static WireDevice DeviceOf(NetworkStack stack) => (WireDevice)stack.Device;

    /// <summary>Something happens later.</summary>
    public void After(TimeSpan delay, Action action) =>
        agenda.Enqueue(action, (Time.Now + delay, ++lastNumber));

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan time) => RunUntil(static () => false, time);

    /// <summary>Lets time pass until something is so.</summary>
    /// <returns>False when it was not so within the limit.</returns>
    public bool RunUntil(Func<bool> done, TimeSpan limit)
    {
        TimeSpan end = Time.Now + limit;
        for (int steps = 0; !done(); steps++)
        {
            if (steps > 1_000_000)
            {
                throw new InvalidOperationException("The wire does not come to rest.");
            }
            TimeSpan next = stacks.Count == 0 ? TimeSpan.MaxValue : stacks.Min(DueOf);
            if (agenda.TryPeek(out _, out (TimeSpan Time, long Number) first) && first.Time <= next)
            {
                next = first.Time;
            }
            if (next > end)
            {
                Time.MoveTo(end);
                return done();
            }
            Time.MoveTo(next);
            while (agenda.TryPeek(out _, out first) && first.Time <= Time.Now)
            {
                agenda.Dequeue()();
            }
            foreach ((NetworkStack Stack, TimeSpan Started) one in stacks)
            {
                if (DueOf(one) <= Time.Now)
                {
                    one.Stack.RunDue();
                }
            }
            AfterStep?.Invoke();
        }
        return true;
    }

    /// <summary>Each stack counts from its own start.</summary>
    private static TimeSpan DueOf((NetworkStack Stack, TimeSpan Started) one) =>
        one.Stack.NextDue == TimeSpan.MaxValue
            ? TimeSpan.MaxValue
            : one.Stack.NextDue + one.Started;

    private void Carry(WireDevice from, byte[] packet)
    {
        Carried.Add(packet);
        foreach (WireDevice device in devices.Where(device => device != from))
        {
            if (random.Next(1000) < Loss)
            {
                continue;
            }
            int copies = random.Next(1000) < Duplication ? 2 : 1;
            for (int i = 0; i < copies; i++)
            {
                byte[] copy = [.. packet];
                if (random.Next(1000) < Damage)
                {
                    copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                }
                After(
                    TimeSpan.FromMicroseconds(random.Next(1, LongestDelay + 1)),
                    () => device.Deliver(copy)
                );
            }
        }
    }
}
