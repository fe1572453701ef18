using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

/// <summary>Who serves what comes over the links, and who has something to send when there is room.</summary>
public static unsafe class LinkDelivery
{
    /// <summary>Serves a whole message from another core's CPU driver; false when it cannot be served yet.</summary>
    public static bool TryDeliver(uint core, byte* message, uint length)
    {
        switch (*(LinkMessageKind*)message)
        {
            case LinkMessageKind.Text:
                return ConsoleDevice.TryWrite(message + sizeof(uint), length - sizeof(uint));
            case LinkMessageKind.Offer:
                return ChannelTable.TryOnOffer(core, (ChannelOffer*)message);
            case LinkMessageKind.FrameReturned:
                Homecoming.OnReturned((FrameReturn*)message);
                return true;
            case LinkMessageKind.Cargo:
                ChannelTable.OnCargo(core, (CargoMessage*)message);
                return true;
            case LinkMessageKind.CargoTaken:
                ChannelTable.OnCargoTaken(core, (CargoNews*)message);
                return true;
            case LinkMessageKind.CargoAwaited:
                ChannelTable.OnCargoAwaited(core, (CargoNews*)message);
                return true;
            case LinkMessageKind.Line:
                DeviceInterrupts.OnNews(core, (LineNews*)message);
                return true;
            case LinkMessageKind.ScreenText:
                HeldConsole.OnText((ScreenText*)message, length - ScreenText.HeaderBytes);
                return true;
            case LinkMessageKind.ScreenNews:
                ScreenFeed.OnNews(core, (ScreenNews*)message);
                return true;
            case LinkMessageKind.Typed:
                InstanceInput.Add(((ScreenText*)message)->Text, length - ScreenText.HeaderBytes);
                return true;
            case LinkMessageKind.LastWords:
                ScreenFeed.Add(((ScreenText*)message)->Text, length - ScreenText.HeaderBytes);
                return true;
            default:
                ChannelTable.OnNews(core, (ChannelNews*)message);
                return true;
        }
    }

    /// <summary>Sends what could not be sent to a core before.</summary>
    public static void SendPending(uint core)
    {
        ChannelTable.SendPending(core);
        Homecoming.SendPending(core);
        DeviceInterrupts.SendPending(core);
        if (core == ThisCore.Boot->ConsoleCore)
        {
            HeldConsole.SendPending();
        }
        // Last: text fills whatever room there is.
        ScreenFeed.Pump();
    }
}
