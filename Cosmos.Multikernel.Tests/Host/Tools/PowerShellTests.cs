using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Cosmos.Multikernel.Cli.Building;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>build.ps1 under PowerShell's own engine: the verbs, their arguments and their status pass through it.</summary>
[TestFixture]
public sealed class PowerShellTests
{
    private Runspace _runspace = null!;

    [OneTimeSetUp]
    public void OpenRunspace()
    {
        _runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        _runspace.Open();
    }

    [OneTimeTearDown]
    public void CloseRunspace() => _runspace.Dispose();

    [Test]
    public void AVerbPrintsAndSucceeds()
    {
        var (status, output) = Run("run --help");
        Assert.That(output, Does.Contain("Usage:").And.Contain("--with"));
        Assert.That(status, Is.Zero);
    }

    /// <summary>Quoted blanks and short options, which PowerShell could take for its own, arrive as they are.</summary>
    [Test]
    public void ArgumentsAndStatusPassThrough()
    {
        var (status, output) = Run("run -m 64 -c 2 --with '/nowhere/two words@1:x y' 2>&1");
        Assert.That(output, Does.Contain("there is no file /nowhere/two words"));
        Assert.That(status, Is.EqualTo(1));
    }

    [Test]
    public void WithoutDotnetItSaysWhatIsMissing()
    {
        var (status, _) = Run("--help", "$env:PATH = '/nowhere'");
        Assert.That(status, Is.EqualTo(1));
    }

    private (int Status, string Output) Run(string arguments, string before = "")
    {
        var script = Path.Combine(Repository.Root, "build.ps1");
        var path = Environment.GetEnvironmentVariable("PATH");
        try
        {
            using var shell = PowerShell.Create(_runspace);
            shell.AddScript($"{before}\n& '{script}' {arguments}");
            var output = string.Join('\n', shell.Invoke());
            return ((int)_runspace.SessionStateProxy.GetVariable("LASTEXITCODE"), output);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }
}
