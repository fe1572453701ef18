namespace Cosmos.Multikernel.Files;

/// <summary>Why an operation on files failed: Linux's errno, number for number, so that it can be handed on as it is.</summary>
public enum FileError
{
    /// <summary>It did not fail.</summary>
    None = 0,

    /// <summary>EPERM: that kind of thing cannot be done to that kind of file.</summary>
    NotPermitted = 1,

    /// <summary>ENOENT: there is nothing of that name.</summary>
    NotFound = 2,

    /// <summary>EIO: the device failed, or what it holds cannot be right.</summary>
    InputOutput = 5,

    /// <summary>ENXIO: nothing is at that place.</summary>
    NothingThere = 6,

    /// <summary>EBADF: no such handle, or it was opened for something else.</summary>
    BadHandle = 9,

    /// <summary>EAGAIN: somebody else has it locked.</summary>
    WouldBlock = 11,

    /// <summary>ENOMEM: the client has no memory for it.</summary>
    NoMemory = 12,

    /// <summary>EACCES: the file does not allow it.</summary>
    AccessDenied = 13,

    /// <summary>EFAULT: an address that is none.</summary>
    BadAddress = 14,

    /// <summary>EBUSY: it is in use as a mount point, or its file system has open files.</summary>
    Busy = 16,

    /// <summary>EEXIST: the name is taken.</summary>
    Exists = 17,

    /// <summary>EXDEV: the names are on different file systems.</summary>
    CrossDevice = 18,

    /// <summary>ENODEV: the device has gone.</summary>
    NoDevice = 19,

    /// <summary>ENOTDIR: a file where a directory was needed.</summary>
    NotDirectory = 20,

    /// <summary>EISDIR: a directory where a file was needed.</summary>
    IsDirectory = 21,

    /// <summary>EINVAL: an argument that cannot be: a name with forbidden characters, a directory into itself.</summary>
    Invalid = 22,

    /// <summary>EMFILE: the client has as many files open as it may.</summary>
    TooManyOpenFiles = 24,

    /// <summary>ENOTTY: no terminal.</summary>
    NotTerminal = 25,

    /// <summary>EFBIG: the file would be longer than its file system's files can be.</summary>
    TooLarge = 27,

    /// <summary>ENOSPC: no room is left.</summary>
    NoSpace = 28,

    /// <summary>ESPIPE: it has no places.</summary>
    NotSeekable = 29,

    /// <summary>EROFS: the file system is read-only.</summary>
    ReadOnly = 30,

    /// <summary>ERANGE: the answer does not fit.</summary>
    TooSmall = 34,

    /// <summary>ENAMETOOLONG: a name or path longer than it can be.</summary>
    NameTooLong = 36,

    /// <summary>ENOSYS: there is no such call.</summary>
    NotImplemented = 38,

    /// <summary>ENOTEMPTY: a directory that still holds something.</summary>
    NotEmpty = 39,

    /// <summary>ELOOP: symbolic links that lead to each other.</summary>
    TooManyLinks = 40,

    /// <summary>EILSEQ: bytes that are no UTF-8.</summary>
    BadText = 84,

    /// <summary>EOPNOTSUPP: the file system has no such thing.</summary>
    NotSupported = 95,
}
