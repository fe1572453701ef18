using Cosmos.Multikernel.Plugs;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>Plugs, by rewriting small assemblies and calling them.</summary>
public sealed class PlugTests
{
    private const string Usings = "using System; using IL2CPU.API.Attribs;\n";

    private const string Target = """
        public class Target
        {
            private int count = 5;
            public static int Twice(int a) => 2 * a;
            public static string Many(int a, string b, long c, double d, byte e) => "original";
            public int Add(int a) => count + a;
            public string Name { get; set; } = "original";
            private static string Hidden() => "original";
            public static string CallHidden() => Hidden();
            public override string ToString() => "original";
            public static string Which(System.Version v) => "version";
            public static string Which(object o) => "object";
        }
        public struct Value { public int N; public int Get() => N; }
        public class Built { public string How = "initial"; public Built(string how) { How = how; } }
        internal class Secret { private static int Number() => 1; public static int Call() => Number(); }
        public static class Door { public static int Call() => Secret.Call(); }
        """;

    // A plug's class, what is called then, and what that gives.
    [TestCase(
        "public static int Twice(int a) => 3 * a;",
        "Target.Twice(7)",
        "21",
        TestName = "AStaticMethod"
    )]
    [TestCase(
        "public static int Add(Target aThis, int a) => 100 + a;",
        "new Target().Add(1)",
        "101",
        TestName = "AnInstanceMethod"
    )]
    [TestCase(
        "public static int Add(object aThis, int a) => aThis is Target ? 100 + a : -1;",
        "new Target().Add(1)",
        "101",
        TestName = "AnInstanceMethodOfAnObject"
    )]
    [TestCase(
        "public static int Add(Target aThis, [FieldAccess(Name = \"System.Int32 Target.count\")] ref int count, int a) => count += a;",
        "Twice(() => kept.Add(3))",
        "11",
        TestName = "AFieldOfTheObject"
    )]
    [TestCase(
        "public static string get_Name(Target aThis) => \"plugged\";",
        "new Target().Name",
        "plugged",
        TestName = "AProperty"
    )]
    [TestCase(
        "public static string Many(int a, string b, long c, double d, byte e) => $\"{a}{b}{c}{d}{e}\";",
        "Target.Many(1, \"2\", 3, 4.5, 6)",
        "1234.56",
        TestName = "ManyParameters"
    )]
    [TestCase(
        "public static string Hidden() => \"plugged\";",
        "Target.CallHidden()",
        "plugged",
        TestName = "APrivateMethod"
    )]
    [TestCase(
        "public static string ToString(Target aThis) => \"plugged\";",
        "((object)new Target()).ToString()",
        "plugged",
        TestName = "AnOverride"
    )]
    [TestCase(
        "private static int Twice(int a) => 3 * a; [PlugMethod(Enabled = false)] public static int Add(Target aThis, int a) => 0;",
        "Target.Twice(1) + new Target().Add(0)",
        "7",
        TestName = "PrivateAndDisabledOnesAreNone"
    )]
    [TestCase(
        "[PlugMethod(IsOptional = true)] public static int Nowhere() => 0; public static int Twice(int a) => a;",
        "Target.Twice(4)",
        "4",
        TestName = "AnOptionalOneMayHaveNoTarget"
    )]
    [TestCase(
        "public static string Which(object o) => \"plugged\";",
        "Target.Which((object)1) + Target.Which(new Version())",
        "pluggedversion",
        TestName = "TheOverloadWithTheVeryTypes"
    )]
    public void TakesThePlaceOf(string plug, string call, string expected)
    {
        foreach (bool hosted in new[] { false, true })
        {
            using Rewritten rewritten = new(
                $$"""
                {{Usings}}{{Target}}
                [Plug(Target = typeof(Target))] static class P { {{plug}} }
                public static class Test
                {
                    static readonly Target kept = new();
                    static int Twice(Func<int> f) { f(); return f(); }
                    public static object Run() => {{call}};
                }
                """,
                inPlace: hosted
            );
            AssertClean(rewritten);
            Assert.That($"{rewritten.Call("Run")}", Is.EqualTo(expected), $"hosted: {hosted}");
        }
    }

    [TestCase(
        "[Plug(typeof(Value))]",
        "public static int Get(ref Value aThis) => aThis.N + 1;",
        "new Value { N = 4 }.Get()",
        "5"
    )]
    [TestCase(
        "[Plug(typeof(Built))]",
        "public static void Ctor(Built aThis, string how) => aThis.How = how + \"!\";",
        "new Built(\"so\").How",
        "so!"
    )]
    [TestCase(
        "[Plug(\"Secret, library\")]",
        "public static int Number() => 2;",
        "Door.Call()",
        "2"
    )]
    [TestCase(
        "[Plug(TargetName = \"Nothing, library\", IsOptional = true)]",
        "public static int Number() => 2;",
        "Door.Call()",
        "1"
    )]
    public void TakesThePlaceOfMethodsInALibrary(
        string attribute,
        string plug,
        string call,
        string expected
    )
    {
        using Rewritten rewritten = new(
            $"{Usings}{attribute} static class P {{ {plug} }} public static class Test {{ public static object Run() => {call}; }}",
            library: Target
        );
        AssertClean(rewritten);
        Assert.That($"{rewritten.Call("Run")}", Is.EqualTo(expected));
    }

    [TestCase("[Plug(\"Nowhere.Type, library\")]", "", DiagnosticCode.UnknownType)]
    [TestCase(
        "[Plug(typeof(Target))]",
        "public static int Nowhere() => 0;",
        DiagnosticCode.UnknownMethod
    )]
    [TestCase(
        "[Plug(typeof(Target))]",
        "public static int Twice(long a) => 0;",
        DiagnosticCode.Signature
    )]
    [TestCase(
        "[Plug(typeof(Target))]",
        "public static long Twice(int a) => 0;",
        DiagnosticCode.Signature
    )]
    [TestCase(
        "[Plug(typeof(Target))]",
        "public static int Add(int a) => 0;",
        DiagnosticCode.Signature
    )]
    [TestCase(
        "[Plug(typeof(Target))]",
        "public static int Twice(int a) => 0; [Plug(typeof(Target))] public static class Other { public static int Twice(int a) => 1; }",
        DiagnosticCode.Twice
    )]
    [TestCase(
        "[Plug(typeof(Math))]",
        "public static double Sqrt(double d) => 0;",
        DiagnosticCode.Intrinsic
    )]
    [TestCase(
        "[Plug(typeof(System.IO.Stream))]",
        "public static void Flush(System.IO.Stream aThis) { }",
        DiagnosticCode.NoCode
    )]
    [TestCase(
        "[Plug(typeof(GC))]",
        "public static int GetGenerationInternal(object obj) => 0;",
        DiagnosticCode.NoCode
    )]
    [TestCase("[Plug(typeof(System.Collections.Generic.List<>))]", "", DiagnosticCode.NotThere)]
    [TestCase("[Plug(typeof(Target), Inheritable = true)]", "", DiagnosticCode.NotThere)]
    [TestCase(
        "[Plug(typeof(Target))]",
        "[PlugMethod(Assembler = typeof(int))] public static int Twice(int a) => 0;",
        DiagnosticCode.NotThere
    )]
    [TestCase(
        "[Plug(typeof(Target))]",
        "[PlugMethod(Signature = \"System_Int32__Target_Twice_System_Int32_\")] public static int Twice(int a) => 0;",
        DiagnosticCode.NotThere
    )]
    [TestCase(
        "[Plug(typeof(Target))]",
        "public static int Add(Target aThis, [FieldAccess(Name = \"count\")] ref long count, int a) => 0;",
        DiagnosticCode.Field
    )]
    public void IsRefusedWhere(string attribute, string plug, DiagnosticCode expected)
    {
        using Rewritten rewritten = new(
            $"{Usings}\n\n{attribute} public static class P {{\n{plug} }}",
            library: Target
        );
        Assert.That(rewritten.Result.Succeeded, Is.False);
        string error = rewritten.Result.Diagnostics.Single().ToString();
        TestContext.Out.WriteLine(error);
        Assert.That(error, Does.Contain($": error CMK{(int)expected:D4}: "));
        Assert.That(Directory.Exists(rewritten.Output), Is.False, "something was written");
        if (plug.Length > 0)
        {
            // The plug's own line, as MSBuild and editors understand it.
            Assert.That(error, Does.Match(@"^program\.cs\(\d+,\d+\): "));
        }
    }

    [Test]
    public void TheErrorSaysWhatWouldFit()
    {
        using Rewritten rewritten = new(
            $"{Usings}[Plug(typeof(Target))] public static class P {{ public static int Add(int a) => 0; }}",
            library: Target
        );
        Assert.That(
            rewritten.Result.Diagnostics.Single().Message,
            Does.Contain("System.Int32 (Target, System.Int32)")
        );
    }

    // Hosted, a plug of what is not the program's takes the program's calls: of .NET, and of a library.
    [TestCase(
        "[Plug(typeof(Environment))]",
        "public static string get_MachineName() => \"mine\";",
        "Environment.MachineName",
        "mine",
        TestName = "CallsOfAStaticMethod"
    )]
    [TestCase(
        "[Plug(typeof(Target))]",
        "public static int Add(Target aThis, int a) => 100 + a;",
        "new Target().Add(1)",
        "101",
        TestName = "CallsOfAnInstanceMethod"
    )]
    [TestCase(
        "[Plug(typeof(Value))]",
        "public static int Get(ref Value aThis) => aThis.N + 1;",
        "new Value { N = 4 }.Get()",
        "5",
        TestName = "CallsOfAStructsMethod"
    )]
    [TestCase(
        "[Plug(typeof(Target))]",
        "public static int Twice(int a) => 3 * a;",
        "((Func<int, int>)Target.Twice)(7)",
        "21",
        TestName = "Delegates"
    )]
    [TestCase(
        "[Plug(typeof(Target))]",
        "public static int Twice(int a) => Target.Twice(a) + 1;",
        "Target.Twice(7)",
        "15",
        TestName = "ButNotThePlugsOwn"
    )]
    [TestCase(
        "[Plug(typeof(Target))]",
        "public static string Which(object o) => \"plugged\";",
        "Target.Which((object)1) + Target.Which(new Version())",
        "pluggedversion",
        TestName = "CallsOfTheVeryOverload"
    )]
    public void HostedItTakes(string attribute, string plug, string call, string expected)
    {
        using Rewritten rewritten = new(
            $"{Usings}{attribute} static class P {{ {plug} }} public static class Test {{ public static object Run() => {call}; }}",
            library: Target,
            inPlace: true
        );
        AssertClean(rewritten);
        Assert.That($"{rewritten.Call("Run")}", Is.EqualTo(expected));
    }

    [TestCase("[Plug(\"System.Hidden, System.Private.CoreLib\")]", "public static int X() => 0;")]
    [TestCase("[Plug(\"Secret, library\")]", "public static int Number() => 2;")]
    [TestCase("[Plug(typeof(Built))]", "public static void Ctor(Built aThis, string how) { }")]
    [TestCase(
        "[Plug(typeof(Target))]",
        "public static int Add(Target aThis, [FieldAccess(Name = \"count\")] ref int count, int a) => 0;"
    )]
    public void WhatHasNoEffectHostedSaysSo(string attribute, string plug)
    {
        using Rewritten rewritten = new(
            $"{Usings}\n{attribute} public static class P {{\n{plug} }}",
            library: Target,
            inPlace: true
        );
        Diagnostic warning = rewritten.Result.Diagnostics.Single();
        Assert.That(warning.Code, Is.EqualTo(DiagnosticCode.NotApplied));
        Assert.That(warning.Place, Does.StartWith("program.cs("));
        Assert.That(rewritten.Result.Succeeded, Is.True);
        Assert.That(File.ReadAllBytes(rewritten.ProgramFile), Is.EqualTo(rewritten.Before));
    }

    [TestCase("[Plug(\"Nowhere.Type, library\", IsOptional = true)]", "")]
    [TestCase("[Plug(typeof(Target))]", "[PlugMethod(IsOptional = true)]")]
    public void AnOptionalOneMayHaveNoTargetHostedToo(string attribute, string methodAttribute)
    {
        using Rewritten rewritten = new(
            $"{Usings}{attribute} static class P {{ {methodAttribute} public static int Nowhere() => 0; }}",
            library: Target,
            inPlace: true
        );
        AssertClean(rewritten);
    }

    [Test]
    public void TwoPlugsForOneMethodAreAnErrorHostedToo()
    {
        using Rewritten rewritten = new(
            $"{Usings}[Plug(typeof(Target))] static class P {{ public static int Twice(int a) => 0; }} "
                + "[Plug(typeof(Target))] static class Q { public static int Twice(int a) => 1; }",
            library: Target,
            inPlace: true
        );
        Assert.That(rewritten.Result.Diagnostics.Single().Code, Is.EqualTo(DiagnosticCode.Twice));
        Assert.That(rewritten.Result.Succeeded, Is.False);
    }

    [Test]
    public void TheSameInputGivesTheSameBytes()
    {
        using Rewritten rewritten = new(
            $"{Usings}{Target} [Plug(typeof(Target))] public static class P {{ public static int Twice(int a) => 0; }}"
        );
        AssertClean(rewritten);
        string file = Path.Combine(rewritten.Output, "program.dll");
        byte[] first = File.ReadAllBytes(file);
        File.Delete(file);
        Assert.That(rewritten.Again().Succeeded, Is.True);
        Assert.That(File.ReadAllBytes(file), Is.EqualTo(first));
    }

    private static void AssertClean(Rewritten rewritten) =>
        Assert.That(
            rewritten.Result.Diagnostics.Select(static found => found.ToString()),
            Is.Empty
        );
}
