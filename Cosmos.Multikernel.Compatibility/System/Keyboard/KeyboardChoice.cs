using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Compatibility.Messages;
using Cosmos.Multikernel.Drivers.Console.Driver;
using Cosmos.Multikernel.Drivers.Console.Keyboards;
using Cosmos.Multikernel.Naming;

namespace Cosmos.System;

/// <summary>Tells the console driver which layout the machine's keyboard shall have (docs/console.md).</summary>
internal static class KeyboardChoice
{
    // The Sdk's name for the console driver. Where the image declares no such instance, only one that is there already counts.
    private const string Driver = "console";

    private static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(1);

    /// <summary>Changes the layout.</summary>
    /// <param name="layout">Its name at the console driver.</param>
    /// <exception cref="NotSupportedException">There is no console driver, and the CPU driver's layout is another.</exception>
    public static void Send(string layout)
    {
        // Hosted, the terminal has a keyboard and a layout of its own.
        if (Instance.IsHosted || BlockingCall.Run(nameof(KeyboardManager), () => SendAsync(layout)))
        {
            return;
        }
        if (layout != KeyboardLayout.Us.Name)
        {
            throw new NotSupportedException(
                $"Keyboard layout '{layout}': no console driver answers, and without one the keyboard is American. "
                    + "<CosmosConsoleDriver>true</CosmosConsoleDriver> in the kernel project puts one on the image."
            );
        }
    }

    // False when nobody is there to tell.
    private static async Task<bool> SendAsync(string layout)
    {
        try
        {
            if (
                !Machine.CoresOf(Driver).Any(static core => core < Multikernel.Core.Count)
                && await Names.FindAsync(ConsoleDriver.KeyboardName, LookPatience) is null
            )
            {
                return false;
            }
            using var desk = await Names.BindAsync<KeyboardDeskProxy>(
                ConsoleDriver.KeyboardName,
                BlockingCall.Patience
            );
            await desk.SetLayoutAsync(layout);
            return true;
        }
        catch (Exception exception)
            when (exception is TimeoutException or ChannelException or InvalidOperationException)
        {
            // Nobody serves it, its driver has just ended, or this image has no monitors and so no names.
            return false;
        }
    }
}
