using Cosmos.Multikernel.Services;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Files.Cases;

/// <summary>Files and the instance's event loop, and the end of the instance that serves them.</summary>
internal static class Service
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Lazy<EventLoop> Loop = new(() =>
    {
        EventLoop.Instance.RunInBackground();
        return EventLoop.Instance;
    });

    /// <summary>The loop may block in a call, and goes on while another thread does.</summary>
    public static string OnTheEventLoop(Site site, string directory)
    {
        string path = Path.Combine(directory, "loop");
        byte[] bytes = Site.Bytes(31, 300_000);
        bool isSame = Loop
            .Value.InvokeAsync(() =>
            {
                File.WriteAllBytes(path, bytes);
                return Task.FromResult(File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes));
            })
            .GetAwaiter()
            .GetResult();
        Expect.That(isSame);

        int reads = 0;
        bool stops = false;
        Thread reader = new(() =>
        {
            while (!Volatile.Read(ref stops))
            {
                File.ReadAllBytes(path);
                reads++;
            }
        });
        reader.Start();
        const int Turns = 20;
        for (int i = 0; i < Turns; i++)
        {
            Loop.Value.InvokeAsync(async () =>
                    await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(5))
                )
                .GetAwaiter()
                .GetResult();
        }
        Volatile.Write(ref stops, true);
        Expect.That(reader.Join(Patience));
        Expect.That(reads > 0);
        return $"{Turns} turns beside {reads} reads";
    }

    /// <summary>
    /// Calls under way and open files fail when the service's instance dies, none hangs; when it lives again (with another, empty
    /// file system) files can be made anew.
    /// </summary>
    public static string Ends(Site site, string directory)
    {
        string path = Path.Combine(directory, "lost");
        File.WriteAllBytes(path, Site.Bytes(41, 2_000_000));
        using FileStream open = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        const int Readers = 4;
        Exception?[] outcomes = new Exception?[Readers];
        Thread[] readers =
        [
            .. Enumerable
                .Range(0, Readers)
                .Select(number => new Thread(() => ReadUntilItFails(number))),
        ];
        Array.ForEach(readers, reader => reader.Start());
        Loop.Value.InvokeAsync(CrashAsync).GetAwaiter().GetResult();
        foreach (Thread reader in readers)
        {
            Expect.That(reader.Join(Patience));
        }
        foreach (Exception? outcome in outcomes)
        {
            Expect.That(outcome is IOException);
        }
        Expect.Throws<IOException>(() => open.ReadByte());

        DateTime limit = DateTime.UtcNow + Patience;
        while (!Directory.Exists(site.Root) && DateTime.UtcNow < limit)
        {
            Thread.Sleep(10);
        }
        Expect.That(Directory.Exists(site.Root));
        Directory.CreateDirectory(directory);
        Expect.That(!File.Exists(path));
        File.WriteAllText(path, "again");
        Expect.Equal("again", File.ReadAllText(path));
        // What was opened in the earlier life does not come back.
        Expect.Throws<IOException>(() => open.ReadByte());
        return outcomes[0]!.Message;

        void ReadUntilItFails(int number)
        {
            try
            {
                while (true)
                {
                    File.ReadAllBytes(path);
                }
            }
            catch (Exception exception)
            {
                outcomes[number] = exception;
            }
        }
    }

    private static async Task CrashAsync()
    {
        DeclaredInstance files = Machine.DeclaredInstances.Single(other => other.Name == "files");
        using InstanceClient client = await InstanceClient.ConnectAsync(
            files.Core,
            files.Name,
            Patience
        );
        await client.CrashAsync(CrashKind.Exit, Patience);
    }
}
