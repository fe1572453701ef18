using Cosmos.Multikernel.Tests.Instances.Files.Cases;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Files;

/// <summary>What of System.IO works, from the simplest on.</summary>
internal static class FilesTable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    public static IEnumerable<TestCase> Cases(Site site) =>
        site.Kind switch
        {
            // What would spoil the others, who use the same file system at the same time.
            "full" =>
            [
                Case("event-loop", site, Service.OnTheEventLoop, onMetalOnly: true),
                Case("disk-full", site, Errors.DiskFull, onMetalOnly: true),
                Case("service-ends", site, Service.Ends, onMetalOnly: true),
            ],
            _ => All(site),
        };

    private static IEnumerable<TestCase> All(Site site) =>
        [
            Case("text", site, Contents.Text),
            Case("bytes", site, Contents.Bytes),
            Case("stream", site, Contents.Stream),
            Case("random-access", site, Contents.RandomAccessHandles),
            Case("append-and-options", site, Contents.AppendAndOptions),
            Case("async", site, Waiting.Async),
            Case("threads", site, Waiting.Threads),
            Case("directories", site, Names.Directories),
            Case("large-directory", site, Names.LargeDirectory),
            Case("move-copy-replace", site, Names.MoveCopyReplace),
            Case("names", site, Names.Unusual),
            Case("current-directory", site, Names.CurrentDirectory),
            Case("links", site, Names.Links),
            Case("unlinked", site, Names.Unlinked),
            Case("temporary", site, Names.Temporary),
            Case("missing", site, Errors.Missing),
            Case("existing", site, Errors.Existing),
            Case("sharing", site, Errors.Sharing),
            Case("read-only", site, Errors.ReadOnly, onMetalOnly: true),
            Case("mapping-is-refused", site, Errors.Mapping, onMetalOnly: true),
            Case("bad-arguments", site, Errors.BadArguments),
            Case("many-open", site, Errors.ManyOpen),
            Case("information", site, Status.Information),
            Case("times", site, Status.Times),
            Case("drives", site, Status.Drives),
            Case("zip", site, Libraries.Zip),
            Case("json", site, Libraries.Json),
        ];

    private static TestCase Case(
        string name,
        Site site,
        Func<Site, string, string> body,
        bool onMetalOnly = false
    ) =>
        new(
            name,
            () =>
            {
                string directory = site.NewDirectory();
                string said = body(site, directory);
                Directory.Delete(directory, recursive: true);
                Expect.That(!Directory.Exists(directory));
                return said;
            },
            Limit,
            onMetalOnly
        );
}
