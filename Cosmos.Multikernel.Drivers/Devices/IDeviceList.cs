using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>What the device manager tells everybody, under the name <see cref="DeviceManager.Name"/>.</summary>
[MessageInterface(Service = "devices")]
public interface IDeviceList
{
    /// <summary>All devices as they are now.</summary>
    ValueTask<DeviceRecord[]> ListAsync();

    /// <summary>What could not be right about any of them, in words.</summary>
    ValueTask<string[]> GetProblemsAsync();
}
