namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>
/// Something that is done once for all that a turn of the event loop asks for, behind it: a device is told of many requests by one
/// access to its registers. On the loop.
/// </summary>
internal sealed class OncePerTurn
{
    private readonly Action run;
    private bool isAsked;

    /// <param name="act">What is done.</param>
    public OncePerTurn(Action act) =>
        run = () =>
        {
            isAsked = false;
            act();
        };

    /// <summary>Has it done; asking again before it was done changes nothing.</summary>
    public void Ask()
    {
        if (!isAsked)
        {
            isAsked = true;
            EventLoop.Current.Post(run);
        }
    }
}
