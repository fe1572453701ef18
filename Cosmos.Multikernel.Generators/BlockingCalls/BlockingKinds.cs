using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Cosmos.Multikernel.Generators.BlockingCalls;

/// <summary>A call that blocks, where it is and what it is called.</summary>
internal readonly struct BlockingCall(
    DiagnosticDescriptor descriptor,
    Location location,
    string what
)
{
    public DiagnosticDescriptor Descriptor { get; } = descriptor;

    public Location Location { get; } = location;

    public string What { get; } = what;
}

/// <summary>Which calls block, by kind. docs/messages.md lists them with what to do instead.</summary>
internal static class BlockingKinds
{
    private static readonly DiagnosticDescriptor Task = Warning(
        "CMK0201",
        "Waiting for a task blocks the event loop",
        "await it"
    );

    private static readonly DiagnosticDescriptor Time = Warning(
        "CMK0202",
        "Letting time pass blocks the event loop",
        "await EventLoop.Current.Delay or the task"
    );

    private static readonly DiagnosticDescriptor Lock = Warning(
        "CMK0203",
        "Waiting for a lock blocks the event loop",
        "keep the data on the loop, where no lock is needed"
    );

    private static readonly DiagnosticDescriptor Handle = Warning(
        "CMK0204",
        "Waiting for a signal blocks the event loop",
        "await an asynchronous wait, or wait inside Task.Run"
    );

    private static readonly DiagnosticDescriptor Input = Warning(
        "CMK0205",
        "Waiting for input or another process blocks the event loop",
        "wait inside Task.Run"
    );

    // Type, members, kind. A base type stands for the types derived from it.
    private static readonly (string Type, string Members, DiagnosticDescriptor Kind)[] Table =
    [
        ("System.Threading.Tasks.Task", "Wait WaitAll WaitAny Result", Task),
        ("System.Threading.Tasks.ValueTask<TResult>", "Result", Task),
        ("System.Runtime.CompilerServices.TaskAwaiter", "GetResult", Task),
        ("System.Runtime.CompilerServices.TaskAwaiter<TResult>", "GetResult", Task),
        ("System.Runtime.CompilerServices.ValueTaskAwaiter", "GetResult", Task),
        ("System.Runtime.CompilerServices.ValueTaskAwaiter<TResult>", "GetResult", Task),
        (
            "System.Runtime.CompilerServices.ConfiguredTaskAwaitable.ConfiguredTaskAwaiter",
            "GetResult",
            Task
        ),
        (
            "System.Runtime.CompilerServices.ConfiguredTaskAwaitable<TResult>.ConfiguredTaskAwaiter",
            "GetResult",
            Task
        ),
        (
            "System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter",
            "GetResult",
            Task
        ),
        (
            "System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable<TResult>.ConfiguredValueTaskAwaiter",
            "GetResult",
            Task
        ),
        ("System.Threading.Thread", "Sleep Join", Time),
        ("System.Threading.SpinWait", "SpinUntil", Time),
        ("System.Threading.Monitor", "Enter Wait", Lock),
        ("System.Threading.Lock", "Enter EnterScope", Lock),
        (
            "System.Threading.ReaderWriterLockSlim",
            "EnterReadLock EnterWriteLock EnterUpgradeableReadLock",
            Lock
        ),
        ("System.Threading.ReaderWriterLock", "AcquireReaderLock AcquireWriterLock", Lock),
        ("System.Threading.WaitHandle", "WaitOne WaitAll WaitAny SignalAndWait", Handle),
        ("System.Threading.SemaphoreSlim", "Wait", Handle),
        ("System.Threading.ManualResetEventSlim", "Wait", Handle),
        ("System.Threading.CountdownEvent", "Wait", Handle),
        ("System.Threading.Barrier", "SignalAndWait", Handle),
        ("System.Collections.Concurrent.BlockingCollection<T>", "Add Take", Handle),
        ("System.Console", "Read ReadLine ReadKey", Input),
        ("System.Diagnostics.Process", "WaitForExit WaitForInputIdle", Input),
    ];

    public static ImmutableArray<DiagnosticDescriptor> Descriptors { get; } =
        ImmutableArray.Create(Task, Time, Lock, Handle, Input);

    /// <summary>What blocks about an operation; null when nothing does.</summary>
    public static BlockingCall? Find(IOperation operation) =>
        operation switch
        {
            ILockOperation locked => new BlockingCall(
                Lock,
                locked.Syntax.GetFirstToken().GetLocation(),
                "lock"
            ),
            IInvocationOperation call when !OnlyLooks(call) => Find(operation, call.TargetMethod),
            IPropertyReferenceOperation property when !IsKnownComplete(property) => Find(
                operation,
                property.Property
            ),
            _ => null,
        };

    private static BlockingCall? Find(IOperation operation, ISymbol member)
    {
        for (var type = member.ContainingType; type is not null; type = type.BaseType)
        {
            var name = type.OriginalDefinition.ToDisplayString();
            foreach (var (listed, members, kind) in Table)
            {
                if (listed == name && members.Split(' ').Contains(member.Name))
                {
                    return new BlockingCall(
                        kind,
                        operation.Syntax.GetLocation(),
                        $"{type.Name}.{member.Name}"
                    );
                }
            }
        }
        return null;
    }

    /// <summary>A wait of no time at all.</summary>
    private static bool OnlyLooks(IInvocationOperation call) =>
        call.Arguments.Any(static argument =>
            argument.Parameter?.Name == "millisecondsTimeout"
            && argument.Value.ConstantValue is { HasValue: true, Value: 0 }
        );

    /// <summary>A result taken where a condition has asked whether it is there.</summary>
    private static bool IsKnownComplete(IPropertyReferenceOperation property)
    {
        for (var at = property.Parent; at is not null; at = at.Parent)
        {
            if (
                at is IConditionalOperation { Condition: { } condition }
                && condition
                    .DescendantsAndSelf()
                    .OfType<IPropertyReferenceOperation>()
                    .Any(static asked =>
                        asked.Property.Name is "IsCompleted" or "IsCompletedSuccessfully"
                    )
            )
            {
                return true;
            }
        }
        return false;
    }

    private static DiagnosticDescriptor Warning(string id, string title, string instead) =>
        new(
            id,
            title,
            $"{{0}} blocks the event loop, on which {{1}} runs: {instead}",
            "EventLoop",
            DiagnosticSeverity.Warning,
            isEnabledByDefault: true
        );
}
