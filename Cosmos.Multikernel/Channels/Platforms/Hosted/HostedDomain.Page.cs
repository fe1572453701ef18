namespace Cosmos.Multikernel.Channels.Platforms.Hosted;

/// <content>What instances, and not the launcher, use of each other: ringing.</content>
internal sealed unsafe partial class HostedDomain
{
    /// <summary>The page that is rung.</summary>
    public DomainPageView Page => new(page.Memory);
}
