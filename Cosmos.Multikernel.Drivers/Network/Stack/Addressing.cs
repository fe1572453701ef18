using Cosmos.Multikernel.Drivers.Network.Dhcp;

namespace Cosmos.Multikernel.Drivers.Network.Stack;

/// <summary>Where the stack's address comes from: a fixed one once it is known to be free, or DHCP.</summary>
internal sealed class Addressing : ITimedPart
{
    // How long to leave a fixed address to the station that has it before it is tried again.
    private static readonly TimeSpan RetryFixed = TimeSpan.FromSeconds(60);

    private readonly NetworkStack stack;

    public Addressing(NetworkStack stack)
    {
        this.stack = stack;
        Dhcp = new DhcpClient(stack);
    }

    public DhcpClient Dhcp { get; }

    /// <inheritdoc/>
    public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

    /// <summary>The cable is in: another network, perhaps.</summary>
    public void LinkIsUp()
    {
        stack.Arp.Clear(NetworkError.NetworkUnreachable);
        if (stack.Options.Static is { } configuration)
        {
            Due = TimeSpan.MaxValue;
            stack.Claim.Begin(configuration.Address, DecideFixed);
        }
        else
        {
            Dhcp.Start();
        }
    }

    /// <summary>The cable is out. Addresses are kept, for it may come back; nothing can be sent.</summary>
    public void LinkIsDown()
    {
        Due = TimeSpan.MaxValue;
        stack.Claim.Stop();
        stack.Arp.Clear(NetworkError.NetworkDown);
        Dhcp.Pause();
    }

    /// <summary>Somebody else insists on our address.</summary>
    public void LoseAddress()
    {
        if (stack.Options.Static is null)
        {
            Dhcp.Decline();
        }
        else
        {
            DecideFixed(isFree: false);
        }
    }

    /// <summary>For people.</summary>
    public string Describe()
    {
        if (!stack.Device.Link.IsUp)
        {
            return "link down";
        }
        if (stack.Options.Static is not { } configuration)
        {
            return Dhcp.Describe();
        }
        return Due != TimeSpan.MaxValue
                ? $"fixed {configuration.Address}: taken by {stack.Claim.LastRival}"
            : stack.Configuration.Address.IsAny ? $"fixed {configuration.Address}: being checked"
            : "fixed";
    }

    /// <inheritdoc/>
    public void RunDue(TimeSpan now)
    {
        if (now >= Due)
        {
            Due = TimeSpan.MaxValue;
            stack.Claim.Begin(stack.Options.Static!.Address, DecideFixed);
        }
    }

    private void DecideFixed(bool isFree)
    {
        if (isFree)
        {
            stack.Configure(stack.Options.Static!);
            stack.Claim.Announce();
            return;
        }
        stack.Claim.Stop();
        stack.Configure(Ipv4Configuration.None);
        Due = stack.Now + RetryFixed;
    }
}
