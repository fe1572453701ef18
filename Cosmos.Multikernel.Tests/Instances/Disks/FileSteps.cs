using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Disks;

/// <summary>
/// Performs the steps that the host has written to a file, each announced before and answered for after it, so that the host knows how far
/// they had come whenever the power fails.
/// </summary>
internal static class FileSteps
{
    /// <summary>The file with the steps, in the root of the file system that they are about.</summary>
    public const string Script = "steps.txt";

    /// <summary>The directory that they are about.</summary>
    public const string Directory = "random";

    /// <summary>The line that announces a step.</summary>
    public static string Begins(int number) => $"step {number} begins";

    /// <summary>The line that answers for one.</summary>
    public static string Ends(int number, string result) => $"step {number}: {result}";

    /// <summary>Performs all.</summary>
    public static string Run(string disk)
    {
        string script = Path.Combine(disk, Script);
        string root = Path.Combine(disk, Directory);
        int count = 0;
        foreach (string line in File.ReadAllLines(script))
        {
            FileStep step = FileStep.Parse(line);
            Console.WriteLine(Begins(step.Number));
            Console.WriteLine(Ends(step.Number, step.Perform(root, script)));
            count++;
        }
        return $"{count} steps";
    }
}
