using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Capabilities;

/// <summary>The capabilities that this instance was started with.</summary>
public static class OwnCapabilities
{
    /// <summary>
    /// Those that the boot medium grants it, in its order. Ask once, at the start: it makes objects for all that the instance
    /// holds at that moment, and two objects for one capability would end it twice.
    /// </summary>
    public static IReadOnlyList<Capability> Granted { get; } = [.. Ask()];

    private static IEnumerable<Capability> Ask()
    {
        CapabilityStore store = EventLoop.PlatformHere.Capabilities;
        for (long number = store.Next(0); number > 0; number = store.Next(number))
        {
            store.Identify(number, out var description);
            bool isGranted =
                description.Type is not (CapabilityType.Frame or CapabilityType.Endpoint);
            if (isGranted)
            {
                yield return Capability.Adopt(store, number);
            }
        }
    }
}
