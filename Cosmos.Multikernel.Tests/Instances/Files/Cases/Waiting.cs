using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Files.Cases;

/// <summary>Many calls at a time.</summary>
internal static class Waiting
{
    public static string Async(Site site, string directory) =>
        AsyncAsync(directory).GetAwaiter().GetResult();

    private static async Task<string> AsyncAsync(string directory)
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(WriteAndReadAsync));
        string text = Path.Combine(directory, "text");
        await File.WriteAllTextAsync(text, "one\ntwo");
        int lines = 0;
        await foreach (string line in File.ReadLinesAsync(text))
        {
            lines += line.Length == 3 ? 1 : 0;
        }
        Expect.Equal(2, lines);
        return "";

        async Task WriteAndReadAsync(int number)
        {
            string path = Path.Combine(directory, $"async{number}");
            byte[] bytes = Site.Bytes(number, 50_000 + number);
            await using (
                FileStream stream = new(
                    path,
                    FileMode.CreateNew,
                    FileAccess.Write,
                    FileShare.None,
                    4096,
                    useAsync: true
                )
            )
            {
                for (int at = 0; at < bytes.Length; at += 10_000)
                {
                    await stream.WriteAsync(
                        bytes.AsMemory(at, Math.Min(10_000, bytes.Length - at))
                    );
                }
                await stream.FlushAsync();
            }
            await using FileStream again = File.OpenRead(path);
            byte[] read = new byte[bytes.Length];
            await again.ReadExactlyAsync(read);
            Expect.That(read.AsSpan().SequenceEqual(bytes));
            Expect.That((await File.ReadAllBytesAsync(path)).AsSpan().SequenceEqual(bytes));
        }
    }

    public static string Threads(Site site, string directory)
    {
        const int Count = 8;
        const int Rounds = 20;
        string shared = Path.Combine(directory, "shared");
        File.WriteAllText(shared, "");
        Exception?[] failures = new Exception?[Count];
        Thread[] threads =
        [
            .. Enumerable.Range(0, Count).Select(number => new Thread(() => Work(number))),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if (failures.FirstOrDefault(failure => failure is not null) is { } first)
        {
            throw first;
        }
        string[] lines = File.ReadAllLines(shared);
        Expect.Equal(Count * Rounds, lines.Length);
        Expect.Equal(Count, lines.Distinct().Count());
        return "";

        void Work(int number)
        {
            try
            {
                for (int round = 0; round < Rounds; round++)
                {
                    string path = Path.Combine(directory, $"own{number}-{round}");
                    byte[] bytes = Site.Bytes(number, 1000 * (round + 1));
                    File.WriteAllBytes(path, bytes);
                    // Each of these is one write to the file's end, whoever else writes there.
                    using (
                        FileStream log = new(
                            shared,
                            FileMode.Append,
                            FileAccess.Write,
                            FileShare.ReadWrite,
                            0
                        )
                    )
                    {
                        lock (failures)
                        {
                            log.Position = log.Seek(0, SeekOrigin.End);
                            log.Write([(byte)('a' + number), (byte)'\n']);
                        }
                    }
                    Expect.That(File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes));
                    File.Delete(path);
                }
            }
            catch (Exception exception)
            {
                failures[number] = exception;
            }
        }
    }
}
