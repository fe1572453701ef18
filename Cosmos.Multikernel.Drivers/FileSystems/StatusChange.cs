namespace Cosmos.Multikernel.Drivers.FileSystems;

/// <summary>What to change about a file; null leaves it.</summary>
public readonly record struct StatusChange(
    ushort? Permissions = null,
    FileMarks? Marks = null,
    DateTime? Created = null,
    DateTime? Accessed = null,
    DateTime? Modified = null
);

/// <summary>What a client asks for, as file systems understand it.</summary>
internal static class StatusRequests
{
    public static StatusChange ToChange(this StatusRequest request) =>
        new(
            request.Fields.HasFlag(StatusFields.Permissions) ? request.Permissions : null,
            request.Fields.HasFlag(StatusFields.Marks) ? request.Marks : null,
            request.Fields.HasFlag(StatusFields.Created) ? Time(request.Created) : null,
            request.Fields.HasFlag(StatusFields.Accessed) ? Time(request.Accessed) : null,
            request.Fields.HasFlag(StatusFields.Modified) ? Time(request.Modified) : null
        );

    // Every value of 64 bits is a time: 1677 to 2262.
    private static DateTime Time(long nanoseconds) => FileTime.FromNanoseconds(nanoseconds);
}

/// <summary>Times of files: nanoseconds since 1970.</summary>
internal static class FileTime
{
    public static long ToNanoseconds(DateTime time) =>
        checked((time - DateTime.UnixEpoch).Ticks * 100);

    public static DateTime FromNanoseconds(long nanoseconds) =>
        DateTime.UnixEpoch.AddTicks(nanoseconds / 100);
}
