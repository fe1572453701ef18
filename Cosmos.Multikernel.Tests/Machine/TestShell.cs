using Cosmos.Multikernel.Cli.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>Commands of a shell, and what they must do.</summary>
internal static class TestShell
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs a command and looks at what it did.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="shell">Its shell.</param>
    /// <param name="command">The command.</param>
    /// <param name="status">Its status must be this; null for any.</param>
    /// <param name="says">What it must print.</param>
    public static async Task<string> RunAsync(
        VirtualMachine machine,
        ShellSession shell,
        string command,
        int? status,
        params string[] says
    )
    {
        try
        {
            await shell.WaitForPromptAsync(Limit, CancellationToken.None);
            var result = await shell.RunAsync(command, _ => { }, Limit, CancellationToken.None);
            var output = ShellSession.RemoveControls(result.Output);
            using (Assert.EnterMultipleScope())
            {
                if (status is not null)
                {
                    Assert.That(result.Status, Is.EqualTo(status), output);
                }

                foreach (var text in says)
                {
                    Assert.That(output, Does.Contain(text));
                }
            }

            return output;
        }
        catch (MachineException failure)
        {
            throw new AssertionException(failure.Message + TestMachine.Describe(machine));
        }
    }
}
