namespace Cosmos.Multikernel.Drivers.Network.Stack;

/// <summary>How a datagram gets to its destination.</summary>
/// <param name="Kind">By which way.</param>
/// <param name="Source">The address it is sent from.</param>
/// <param name="NextHop">The neighbour it is given to: the destination itself, or a router.</param>
internal readonly record struct Route(RouteKind Kind, Ipv4Address Source, Ipv4Address NextHop);

/// <summary>The ways there are.</summary>
internal enum RouteKind
{
    /// <summary>To this stack itself.</summary>
    Local,

    /// <summary>To one neighbour.</summary>
    Neighbour,

    /// <summary>To all neighbours.</summary>
    Broadcast,

    /// <summary>To those neighbours who listen to a group.</summary>
    Multicast,
}
