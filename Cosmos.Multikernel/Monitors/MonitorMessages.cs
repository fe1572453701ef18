namespace Cosmos.Multikernel.Monitors;

/// <summary>What became of a wish to bind.</summary>
public enum BindingVerdict
{
    /// <summary>The server takes the channel.</summary>
    Accepted = 0,

    /// <summary>There is no such instance there.</summary>
    NoInstance = 1,

    /// <summary>It has ended; the answer's status says how.</summary>
    Ended = 2,

    /// <summary>The server does not want this client.</summary>
    Refused = 3,

    /// <summary>The server has another version of the interface; the answer's hash is its own.</summary>
    Mismatch = 4,

    /// <summary>The server's core has lost its monitor.</summary>
    NoMonitor = 5,

    /// <summary>No answer within the time the asking side gave: it may ask again.</summary>
    NotYet = 6,

    /// <summary>A queue on the way is full: ask again a little later.</summary>
    Busy = 7,
}

/// <summary>A server's answer on its way back to the client.</summary>
/// <param name="Verdict">What became of the wish.</param>
/// <param name="WaitStatus">With <see cref="BindingVerdict.Ended"/>: how the instance ended, as Linux's wait status.</param>
/// <param name="InterfaceHash">With <see cref="BindingVerdict.Mismatch"/>: the server's.</param>
public readonly record struct BindingAnswer(
    BindingVerdict Verdict,
    int WaitStatus = 0,
    ulong InterfaceHash = 0
);

/// <summary>What became of a wish to start an instance.</summary>
public enum StartVerdict
{
    /// <summary>It runs, in a new life.</summary>
    Started = 0,

    /// <summary>It has not ended.</summary>
    Running = 1,

    /// <summary>There is no such instance there.</summary>
    NoInstance = 2,

    /// <summary>Its last life's memory is on the way back: ask again.</summary>
    NotYet = 3,

    /// <summary>No memory for it, or its image cannot run.</summary>
    Failed = 4,

    /// <summary>Its core has lost its monitor.</summary>
    NoMonitor = 5,

    /// <summary>Hosted: nobody is there to start a process.</summary>
    NoLauncher = 6,

    /// <summary>A queue on the way is full: ask again a little later.</summary>
    Busy = 7,
}

/// <summary>Why a monitor speaks to one of its instances.</summary>
public enum MonitorRequestKind
{
    /// <summary>Somebody wants to bind: answer with <see cref="IMonitor.AnswerAsync"/>.</summary>
    Bind = 0,

    /// <summary>A name that the instance had registered belongs to another now.</summary>
    NameLost = 1,
}

/// <summary>What a monitor asks or tells one of its instances.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Number">Bind: names the request in the answer.</param>
/// <param name="Core">Bind: the client's core. NameLost: the new holder's.</param>
/// <param name="Milliseconds">Bind: how long the answer is waited for.</param>
/// <param name="InterfaceHash">Bind: the client's version of the interface; 0 when it has none.</param>
/// <param name="Instance">Bind: the client. NameLost: the new holder.</param>
/// <param name="Text">Bind: the service. NameLost: the name.</param>
public readonly record struct MonitorRequest(
    MonitorRequestKind Kind,
    uint Number,
    int Core,
    int Milliseconds,
    ulong InterfaceHash,
    ShortText Instance,
    ShortText Text
);

/// <summary>What became of a name's registration or look-up.</summary>
public enum NameVerdict
{
    /// <summary>Registered, or found.</summary>
    Done = 0,

    /// <summary>Look-up: nobody has registered it, in the time given.</summary>
    NotFound = 1,

    /// <summary>Registration: somebody living has it; the record says who.</summary>
    Taken = 2,

    /// <summary>No answer in time: ask again.</summary>
    NotYet = 3,

    /// <summary>A table on the way is full.</summary>
    Busy = 4,
}

/// <summary>A registered name.</summary>
/// <param name="Core">The holder's core.</param>
/// <param name="InterfaceHash">Version of the interface served; 0 when it has none.</param>
/// <param name="Name">The name.</param>
/// <param name="Instance">The holder.</param>
/// <param name="Service">The service to bind to at the holder.</param>
/// <param name="Life">Which life of the holder registered it, from 0.</param>
public readonly record struct NameRecord(
    int Core,
    ulong InterfaceHash,
    ShortText Name,
    ShortText Instance,
    ShortText Service,
    uint Life = 0
);

/// <summary>A monitor's answer about a name; the record counts with Done and Taken.</summary>
public readonly record struct NameAnswer(NameVerdict Verdict, NameRecord Record = default);

/// <summary>An instance as its monitor sees it.</summary>
public enum InstanceCondition
{
    /// <summary>It has started and is in touch with its monitor.</summary>
    Running = 0,

    /// <summary>It has ended.</summary>
    Ended = 1,

    /// <summary>It lives on but has left the multikernel: its event loop has stopped.</summary>
    Left = 2,
}

/// <summary>An instance has started or ended.</summary>
/// <param name="Core">Its core.</param>
/// <param name="Condition">How it is now. Changes between two looks coalesce: only the last is told.</param>
/// <param name="WaitStatus">With <see cref="InstanceCondition.Ended"/>: how, as Linux's wait status.</param>
/// <param name="Instance">Its name.</param>
/// <param name="Life">Which life of it, from 0: a reader that missed an end sees by it that there was one.</param>
public readonly record struct InstanceEvent(
    int Core,
    InstanceCondition Condition,
    int WaitStatus,
    ShortText Instance,
    uint Life = 0
);
