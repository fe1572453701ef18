namespace Cosmos.Multikernel.Channels.Platforms;

/// <summary>One end of a bound channel as the platform hands it over.</summary>
/// <param name="Handle">Names the channel to the platform; its low 6 bits are its bit in the rung-channels word.</param>
/// <param name="Memory">The shared mapping.</param>
/// <param name="Slots">Slots of each ring.</param>
/// <param name="SideA">True on the side that connected.</param>
/// <param name="PeerCore">Core of the other instance.</param>
/// <param name="PeerName">Name of the other instance.</param>
/// <param name="PeerLife">Which life of it, from 0, where it connected; where this end did, only the hosted platform says.</param>
internal readonly record struct ChannelBinding(
    int Handle,
    nint Memory,
    uint Slots,
    bool SideA,
    int PeerCore,
    string PeerName,
    uint PeerLife
);
