using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Disks;

/// <summary>
/// Random work on files, with all that must be in them known, until a file appears that says to stop. What happens to the
/// disk's driver meanwhile must not be noticed.
/// </summary>
internal static class Endurance
{
    private const int MostFiles = 12;
    private const int LongestWrite = 40_000;
    private const int FewestSteps = 100;

    /// <summary>Works, and at last reads everything.</summary>
    public static string Run(string directory, string stop)
    {
        Random random = new(77);
        Dictionary<string, byte[]> model = [];
        Directory.CreateDirectory(directory);
        Console.WriteLine("endurance begins");
        int steps = 0;
        for (; steps < FewestSteps || !File.Exists(stop); steps++)
        {
            Step(directory, random, model);
        }
        foreach ((string name, byte[] contents) in model)
        {
            Check(Path.Combine(directory, name), contents);
        }
        Expect.Equal(model.Count, Directory.GetFiles(directory).Length);
        return $"{steps} steps";
    }

    private static void Step(string directory, Random random, Dictionary<string, byte[]> model)
    {
        string name = $"file {random.Next(MostFiles)}";
        string path = Path.Combine(directory, name);
        byte[] contents = model.GetValueOrDefault(name, []);
        switch (random.Next(8))
        {
            case 0 when model.Remove(name):
                File.Delete(path);
                break;
            case 1 when model.ContainsKey(name):
                string other = $"file {random.Next(MostFiles)}";
                File.Move(path, Path.Combine(directory, other), overwrite: true);
                model.Remove(name);
                model[other] = contents;
                break;
            case 2 or 3 when model.ContainsKey(name):
                Check(path, contents);
                break;
            case 4 when model.ContainsKey(name):
                int length = random.Next(contents.Length + 1);
                using (FileStream file = new(path, FileMode.Open))
                {
                    file.SetLength(length);
                }
                model[name] = contents[..length];
                break;
            default:
                byte[] more = new byte[random.Next(LongestWrite)];
                random.NextBytes(more);
                using (FileStream file = new(path, FileMode.Append))
                {
                    file.Write(more);
                    file.Flush(flushToDisk: random.Next(3) == 0);
                }
                model[name] = [.. contents, .. more];
                break;
        }
    }

    private static void Check(string path, byte[] expected) =>
        Expect.That(File.ReadAllBytes(path).AsSpan().SequenceEqual(expected), path);
}
