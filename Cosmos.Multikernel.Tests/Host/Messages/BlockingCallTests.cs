using System.Collections.Immutable;
using Cosmos.Multikernel.Generators.BlockingCalls;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Messages;

/// <summary>What the analyzer for blocking calls sees, and what it leaves alone.</summary>
[TestFixture]
public sealed class BlockingCallTests
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private static async Task<string[]> AnalyzeAsync(string types)
    {
        string source = $$"""
            using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks;
            using Cosmos.Multikernel.Messages;
            [MessageInterface] public interface ITest { ValueTask CallAsync(int n); }
            {{types}}
            """;
        CSharpCompilation compilation = CSharpCompilation.Create(
            "test",
            [CSharpSyntaxTree.ParseText(source)],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        Assert.That(
            compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error),
            Is.Empty
        );
        ImmutableArray<Diagnostic> found = await compilation
            .WithAnalyzers([new BlockingCallAnalyzer()])
            .GetAnalyzerDiagnosticsAsync();
        Assert.That(found.Select(d => d.Location.IsInSource), Is.All.True);
        return
        [
            .. found
                .OrderBy(d => d.Location.SourceSpan.Start)
                .Select(d => $"{d.Id} {d.GetMessage().Split(' ')[0]}"),
        ];
    }

    private static Task<string[]> AnalyzeHandlerAsync(string body, string members = "") =>
        AnalyzeAsync(
            $$"""
            public sealed class Test : ITest
            {
                private readonly object gate = new();
                private readonly Lock gate2 = new();
                private readonly SemaphoreSlim semaphore = new(1);
                private readonly ManualResetEvent signal = new(false);
                private Task<int> task = Task.FromResult(1);
                private ValueTask<int> value = new(1);
                public async ValueTask CallAsync(int n) { await Task.Yield(); {{body}} }
                {{members}}
            }
            """
        );

    [TestCase("_ = task.Result;", "CMK0201 Task.Result")]
    [TestCase("_ = value.Result;", "CMK0201 ValueTask.Result")]
    [TestCase("task.Wait();", "CMK0201 Task.Wait")]
    [TestCase("task.Wait(10);", "CMK0201 Task.Wait")]
    [TestCase("Task.WaitAll(task);", "CMK0201 Task.WaitAll")]
    [TestCase("Task.WaitAny(task);", "CMK0201 Task.WaitAny")]
    [TestCase("task.GetAwaiter().GetResult();", "CMK0201 TaskAwaiter.GetResult")]
    [TestCase("((Task)task).GetAwaiter().GetResult();", "CMK0201 TaskAwaiter.GetResult")]
    [TestCase("value.GetAwaiter().GetResult();", "CMK0201 ValueTaskAwaiter.GetResult")]
    [TestCase(
        "task.ConfigureAwait(false).GetAwaiter().GetResult();",
        "CMK0201 ConfiguredTaskAwaiter.GetResult"
    )]
    [TestCase("Thread.Sleep(1);", "CMK0202 Thread.Sleep")]
    [TestCase("Thread.CurrentThread.Join();", "CMK0202 Thread.Join")]
    [TestCase("SpinWait.SpinUntil(() => false);", "CMK0202 SpinWait.SpinUntil")]
    [TestCase("lock (gate) { }", "CMK0203 lock")]
    [TestCase("lock (gate2) { }", "CMK0203 lock")]
    [TestCase("Monitor.Enter(gate);", "CMK0203 Monitor.Enter")]
    [TestCase("gate2.Enter();", "CMK0203 Lock.Enter")]
    [TestCase("signal.WaitOne();", "CMK0204 WaitHandle.WaitOne")]
    [TestCase("WaitHandle.WaitAll([signal]);", "CMK0204 WaitHandle.WaitAll")]
    [TestCase("semaphore.Wait();", "CMK0204 SemaphoreSlim.Wait")]
    [TestCase("Console.ReadLine();", "CMK0205 Console.ReadLine")]
    public async Task ABlockingCallInAHandlerIsSeen(string body, string expected) =>
        Assert.That(await AnalyzeHandlerAsync(body), Is.EqualTo(new[] { expected }));

    [TestCase("await task; await semaphore.WaitAsync(); await Task.Delay(1);")]
    [TestCase("if (task.IsCompletedSuccessfully) { _ = task.Result; }")]
    [TestCase("_ = value.IsCompleted ? value.Result : await value;")]
    [TestCase("semaphore.Wait(0); signal.WaitOne(0); Monitor.TryEnter(gate);")]
    [TestCase("await Task.Run(() => Thread.Sleep(1));")]
    [TestCase("await Task.Run(() => { lock (gate) { Helper(); } });")]
    [TestCase("await Task.Run(Helper);")]
    [TestCase("new Thread(() => task.Wait()).Start();")]
    public async Task WhatDoesNotBlockTheLoopIsLeftAlone(string body) =>
        Assert.That(
            await AnalyzeHandlerAsync(body, "private void Helper() => Thread.Sleep(1);"),
            Is.Empty
        );

    [TestCase("Action a = () => Thread.Sleep(1); a();")]
    [TestCase("void Local() => Thread.Sleep(1); Local();")]
    [TestCase("Helper();")]
    [TestCase("new List<int>().ForEach(Helper2);")]
    [TestCase("Outer();")]
    public async Task ItIsSeenThroughLambdasLocalFunctionsAndHelpers(string body)
    {
        string[] found = await AnalyzeHandlerAsync(
            body,
            "private void Outer() => Helper2(1); private void Helper2(int n) => Helper3(); static void Helper3() => Thread.Sleep(2);"
                + "private void Helper() { Action a = () => Thread.Sleep(1); a(); }"
        );
        Assert.That(found, Is.EqualTo(new[] { "CMK0202 Thread.Sleep" }));
    }

    [Test]
    public async Task HelpersThatNoHandlerCallsMayBlock() =>
        Assert.That(
            await AnalyzeHandlerAsync(
                "",
                "public void Other() => Thread.Sleep(1); public Test() { task.Wait(); }"
            ),
            Is.Empty
        );

    [Test]
    public async Task ExplicitAndInheritedImplementationsAreHandlers() =>
        Assert.That(
            await AnalyzeAsync(
                """
                public class Base : ITest { ValueTask ITest.CallAsync(int n) { Thread.Sleep(1); return default; } }
                public class Plain { public ValueTask CallAsync(int n) { Thread.Sleep(1); return default; } }
                """
            ),
            Is.EqualTo(new[] { "CMK0202 Thread.Sleep" })
        );

    [Test]
    public async Task AKernelOnTheLoopMustNotBlockEither() =>
        Assert.That(
            await AnalyzeAsync(
                """
                public class MyKernel : Cosmos.System.AsyncKernel
                {
                    protected override void OnBoot() => Thread.Sleep(1);
                    protected override async Task BeforeRunAsync() { await Task.Yield(); Console.ReadLine(); }
                    protected override async Task RunAsync(CancellationToken stopping) { await Task.Delay(1); Work(); }
                    private void Work() { lock (this) { } }
                }
                public class Blocking : Cosmos.System.Kernel { protected override void Run() => Console.ReadLine(); }
                """
            ),
            Is.EqualTo(new[] { "CMK0205 Console.ReadLine", "CMK0203 lock" })
        );
}
