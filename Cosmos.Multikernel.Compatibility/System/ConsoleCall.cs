using Cosmos.Multikernel;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Compatibility.Messages;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;

namespace Cosmos.System;

/// <summary>Asks the console driver for something (docs/console.md), where there is one.</summary>
internal static class ConsoleCall
{
    // The Sdk's name for the console driver. Where the image declares no such instance, only one that is there already counts.
    private const string Driver = "console";

    private static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(1);

    /// <summary>Whether this code may wait for an answer, and there may be somebody to give one: hosted, there is not.</summary>
    public static bool IsPossible => !Instance.IsHosted && !EventLoop.Instance.IsCurrent;

    /// <summary>Calls it.</summary>
    /// <typeparam name="TProxy">The interface that is asked for.</typeparam>
    /// <param name="caller">The member that waits, for the errors.</param>
    /// <param name="name">The name that the driver serves it under.</param>
    /// <param name="call">What is to be done.</param>
    /// <param name="work">How long that takes.</param>
    /// <returns>False when nobody is there to ask.</returns>
    public static bool TryRun<TProxy>(
        string caller,
        string name,
        Func<TProxy, ValueTask> call,
        TimeSpan work = default
    )
        where TProxy : IMessageProxy<TProxy>, IDisposable =>
        BlockingCall.Run(caller, () => TryRunAsync(name, call), work);

    private static async Task<bool> TryRunAsync<TProxy>(string name, Func<TProxy, ValueTask> call)
        where TProxy : IMessageProxy<TProxy>, IDisposable
    {
        try
        {
            if (
                !Machine.CoresOf(Driver).Any(static core => core < Multikernel.Core.Count)
                && await Names.FindAsync(name, LookPatience) is null
            )
            {
                return false;
            }
            using TProxy driver = await Names.BindAsync<TProxy>(name, BlockingCall.Patience);
            await call(driver);
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
