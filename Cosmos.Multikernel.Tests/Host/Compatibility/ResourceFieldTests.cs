using Cosmos.Multikernel.Plugs;
using Microsoft.CodeAnalysis;
using NUnit.Framework;
using Diagnostic = Cosmos.Multikernel.Plugs.Diagnostic;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>Fields that hold embedded resources.</summary>
public sealed class ResourceFieldTests
{
    private static readonly ResourceDescription[] Resources =
    [
        new("Program.Files.logo.bmp", () => new MemoryStream([1, 2, 3]), isPublic: true),
    ];

    [TestCase("", TestName = "WithoutAStaticConstructor")]
    [TestCase("static Test() { Seen = Logo.Length; }", TestName = "BeforeTheStaticConstructor")]
    public void TheFieldHoldsTheResource(string constructor)
    {
        using Rewritten rewritten = new(
            $$"""
            using IL2CPU.API.Attribs;
            public static class Test
            {
                [ManifestResourceStream(ResourceName = "Program.Files.logo.bmp")]
                private static readonly byte[] Logo;
                private static int Seen = 3;
                {{constructor}}
                public static object Run() => $"{string.Join(' ', Logo)} {Seen}";
            }
            """,
            inPlace: true,
            resources: Resources
        );
        Assert.That(rewritten.Result.Diagnostics, Is.Empty);
        Assert.That(rewritten.Call("Run"), Is.EqualTo("1 2 3 3"));
    }

    [TestCase("static byte[] f;", "Program.Files.photo.bmp", DiagnosticCode.Resource)]
    [TestCase("byte[] f;", "Program.Files.logo.bmp", DiagnosticCode.ResourceField)]
    [TestCase("static string f;", "Program.Files.logo.bmp", DiagnosticCode.ResourceField)]
    public void WhatCannotBeIsAnError(string field, string resource, DiagnosticCode expected)
    {
        using Rewritten rewritten = new(
            $$"""
            using IL2CPU.API.Attribs;
            public class Test { [ManifestResourceStream(ResourceName = "{{resource}}")] {{field}} public void M() { } }
            """,
            inPlace: true,
            resources: Resources
        );
        Diagnostic error = rewritten.Result.Diagnostics.Single();
        Assert.That(error.Code, Is.EqualTo(expected));
        Assert.That(error.Message, Does.Contain("Test.f"));
        Assert.That(File.ReadAllBytes(rewritten.ProgramFile), Is.EqualTo(rewritten.Before));
        if (expected == DiagnosticCode.Resource)
        {
            Assert.That(error.Message, Does.Contain("there are Program.Files.logo.bmp"));
        }
    }
}
