using Cosmos.Multikernel.Generators.MessageInterfaces;
using Cosmos.Multikernel.Messages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Messages;

/// <summary>What the generator refuses, and when it runs again.</summary>
[TestFixture]
public sealed class GeneratorTests
{
    private static GeneratorDriver Run(string members, out Compilation output) =>
        RunOn($"[MessageInterface] public interface ITest {{ {members} }}", out output);

    private static string HashLine(GeneratorDriver driver) =>
        driver
            .GetRunResult()
            .GeneratedTrees.Single()
            .ToString()
            .Split('\n')
            .First(line => line.Contains("InterfaceHash =>", StringComparison.Ordinal));

    private static GeneratorDriver RunOn(string declarations, out Compilation output)
    {
        string source = $$"""
            using System; using System.Threading; using System.Threading.Tasks; using System.Collections.Generic;
            using System.Runtime.InteropServices; using Cosmos.Multikernel.Messages;
            {{declarations}}
            """;
        MetadataReference[] references =
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Select(path => MetadataReference.CreateFromFile(path)),
        ];
        Compilation compilation = CSharpCompilation.Create(
            "test",
            [CSharpSyntaxTree.ParseText(source)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        return CSharpGeneratorDriver
            .Create(new MessageInterfaceGenerator())
            .RunGeneratorsAndUpdateCompilation(compilation, out output, out _);
    }

    [TestCase("int Value { get; }", "CMK0101")]
    [TestCase("event Action E;", "CMK0101")]
    [TestCase("ValueTask A<T>();", "CMK0101")]
    [TestCase("Task A();", "CMK0102")]
    [TestCase("void A();", "CMK0102")]
    [TestCase("ValueTask<object> A();", "CMK0102")]
    [TestCase("ValueTask<ReadOnlyMemory<byte>> A();", "CMK0102")]
    [TestCase("ValueTask A(object o);", "CMK0103")]
    [TestCase("ValueTask A(nint n);", "CMK0103")]
    [TestCase("ValueTask A(int? n);", "CMK0103")]
    [TestCase("ValueTask A(List<int> n);", "CMK0103")]
    [TestCase("ValueTask A(CancellationToken a, CancellationToken b);", "CMK0103")]
    [TestCase("ValueTask A(ref int n);", "CMK0104")]
    [TestCase("ValueTask A(params int[] n);", "CMK0104")]
    [TestCase("ValueTask<int> A(Memory<byte> m, Memory<byte> n);", "CMK0107")]
    [TestCase("ValueTask A(Memory<byte> m);", "CMK0107")]
    [TestCase("IAsyncEnumerable<int> A(Memory<byte> m);", "CMK0107")]
    [TestCase("[OneWay] ValueTask<int> A();", "CMK0105")]
    [TestCase("[OneWay] ValueTask A(CancellationToken c);", "CMK0105")]
    public void WhatCannotTravelIsAnErrorWithAnId(string member, string id)
    {
        GeneratorDriverRunResult result = Run(member, out _).GetRunResult();
        Assert.That(
            result.Diagnostics.Select(diagnostic => diagnostic.Id),
            Is.EqualTo(new[] { id })
        );
        Assert.That(result.Diagnostics[0].Location.IsInSource, Is.True);
        Assert.That(result.GeneratedTrees, Is.Empty);
    }

    [TestCase("[MessageInterface] public interface ITest<T> { ValueTask A(); }")]
    [TestCase(
        "public class Outer { [MessageInterface] public interface ITest { ValueTask A(); } }"
    )]
    [TestCase(
        "public interface IBase; [MessageInterface] public interface ITest : IBase { ValueTask A(); }"
    )]
    public void AnInterfaceThatDoesNotStandForItselfIsAnError(string declaration)
    {
        GeneratorDriverRunResult result = RunOn(declaration, out _).GetRunResult();
        Assert.That(
            result.Diagnostics.Select(diagnostic => diagnostic.Id),
            Is.EqualTo(new[] { "CMK0106" })
        );
    }

    [Test]
    public void TheHashChangesWithWhereFieldsLie()
    {
        string[] attributes =
        [
            "",
            "[StructLayout(LayoutKind.Sequential, Pack = 1)]",
            "[StructLayout(LayoutKind.Sequential, Size = 32)]",
            "[System.Runtime.CompilerServices.InlineArray(4)]",
            "[System.Runtime.CompilerServices.InlineArray(5)]",
        ];
        IEnumerable<string> hashes = attributes.Select(attribute =>
            HashLine(
                RunOn(
                    $"{attribute} public struct S {{ private long a; }} [MessageInterface] public interface ITest {{ ValueTask A(S s); }}",
                    out _
                )
            )
        );
        Assert.That(hashes, Is.Unique);
    }

    [Test]
    public void WhatIsGeneratedCompilesWithoutWarnings()
    {
        Run(
            "ValueTask<int[]> A(string s, ReadOnlySpan<byte> b, (int, long) t, Guid g, CancellationToken @class);"
                + "IAsyncEnumerable<string> B(); [OneWay] ValueTask C(byte[] reader);",
            out Compilation output
        );
        Assert.That(
            output.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning),
            Is.Empty
        );
    }

    [Test]
    public void TheHashChangesWithAnythingOnTheWire()
    {
        string[] variants =
        [
            "ValueTask A(int a); ValueTask B();",
            "ValueTask B(); ValueTask A(int a);",
            "ValueTask A(uint a); ValueTask B();",
            "ValueTask A(int a, int b); ValueTask B();",
            "ValueTask<int> A(int a); ValueTask B();",
            "[OneWay] ValueTask A(int a); ValueTask B();",
            "ValueTask A2(int a); ValueTask B();",
        ];
        IEnumerable<string> hashes = variants.Select(variant => HashLine(Run(variant, out _)));
        Assert.That(hashes, Is.Unique);
        Assert.That(
            WorkbenchProxy.InterfaceHash,
            Is.Not.EqualTo(OtherWorkbenchProxy.InterfaceHash)
        );
    }
}
