using Cosmos.Multikernel.Messages;

namespace MyDriver;

/// <summary>What the driver does for others, by message.</summary>
[MessageInterface]
public interface IFactorials
{
    ValueTask<uint> ComputeAsync(uint number);
}
