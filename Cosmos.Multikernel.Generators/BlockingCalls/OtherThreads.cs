using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Cosmos.Multikernel.Generators.BlockingCalls;

/// <summary>Tells code that is written inside a handler but runs on a thread of its own.</summary>
internal static class OtherThreads
{
    /// <summary>Whether the operation stands in something that is handed to another thread.</summary>
    public static bool Runs(IOperation operation)
    {
        for (var at = operation; at is not null; at = at.Parent)
        {
            if (at is IArgumentOperation { Parent: { } call } argument && Starts(call, argument))
            {
                return true;
            }
        }
        return false;
    }

    // The argument must be a delegate: `Task.Run(work, Token())` calls Token here and now.
    private static bool Starts(IOperation call, IArgumentOperation argument) =>
        argument.Parameter?.Type.TypeKind == TypeKind.Delegate
        && call switch
        {
            IInvocationOperation { TargetMethod: { } method } => (
                method.ContainingType.ToDisplayString(),
                method.Name
            )
                is
                    ("System.Threading.Tasks.Task", "Run")
                    or
                    ("System.Threading.Tasks.TaskFactory", "StartNew")
                    or
                    ("System.Threading.ThreadPool", "QueueUserWorkItem")
                    or
                    ("System.Threading.ThreadPool", "UnsafeQueueUserWorkItem"),
            IObjectCreationOperation { Type: { } created } => created.ToDisplayString()
                == "System.Threading.Thread",
            _ => false,
        };
}
