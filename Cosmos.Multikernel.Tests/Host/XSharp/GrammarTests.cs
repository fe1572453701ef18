using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cosmos.Multikernel.XSharp;
using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;
using NUnit.Framework;
using TextMateSharp.Grammars;
using TextMateSharp.Internal.Grammars.Reader;
using TextMateSharp.Internal.Themes.Reader;
using TextMateSharp.Internal.Types;
using TextMateSharp.Registry;
using TextMateSharp.Themes;

namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>
/// The editors' grammar (editors/vscode) sees in every .xs file, and in every form of the language, what the compiler reads
/// there.
/// </summary>
/// <remarks>After a change of registers or instructions run these with UPDATE_GRAMMAR=1: their lists are written anew.</remarks>
public sealed class GrammarTests
{
    private static readonly string GrammarFile = Path.Combine(
        Repository.Root,
        "editors/vscode/syntaxes/xsharp.tmLanguage.json"
    );

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string[] Sizes = ["byte", "word", "dword", "qword"];

    private IGrammar _grammar = null!;

    [OneTimeSetUp]
    public void LoadGrammar() =>
        _grammar = new Registry(new OneGrammar()).LoadGrammar(OneGrammar.Scope);

    public static IEnumerable<string> Files =>
        Directory
            .EnumerateFiles(Repository.Root, "*.xs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.StartsWith("artifacts", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Files))]
    public void AFileIsSeenAsTheCompilerReadsIt(string file) =>
        Compare(File.ReadAllText(Path.Combine(Repository.Root, file)));

    [Test]
    public void EveryFormIsSeenAsTheCompilerReadsIt() =>
        Compare(string.Join('\n', Forms.All.Select(form => form.Source)));

    [TestCase("var V = 'open", "invalid", ExpectedResult = "'open")]
    [TestCase("RAX = 1 // RBX", "comment", ExpectedResult = "// RBX")]
    [TestCase("const C = 5", "variable.other.constant", ExpectedResult = "C")]
    [TestCase("naked function Entry {", "entity.name.function", ExpectedResult = "Entry")]
    [TestCase("Stub#N:", "entity.name.label", ExpectedResult = "Stub")]
    [TestCase("namespace Traps", "entity.name.namespace", ExpectedResult = "Traps")]
    [TestCase("    +All", "variable.language.stack", ExpectedResult = "All")]
    [TestCase("RAX = #Frame.Rip", "variable.other.constant", ExpectedResult = "Frame.Rip")]
    [TestCase("if not carry return", "keyword.control", ExpectedResult = "if,return")]
    public string NamesAreSeen(string line, string scope)
    {
        var found = Tokenize(line, ref _noState)
            .Where(token => token.Scopes.Any(s => s.StartsWith(scope, StringComparison.Ordinal)))
            .Select(token => line[token.StartIndex..Math.Min(token.EndIndex, line.Length)])
            .ToList();
        Assert.That(found, Is.Not.Empty);
        return string.Join(',', found);
    }

    /// <summary>Its lists of registers and of instructions are the compiler's tables.</summary>
    [Test]
    public void ListsAreTheCompilers()
    {
        var text = File.ReadAllText(GrammarFile);
        var grammar = JsonNode.Parse(text)!;
        var parts = grammar["repository"]!;
        parts["register"]!["match"] = AnyOf(Register.Everything.Select(register => register.Name));
        parts["instruction"]!["match"] = AnyOf(Instructions.Everything.Select(item => item.Name));
        var updated = grammar.ToJsonString(Readable) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GRAMMAR") == "1")
        {
            File.WriteAllText(GrammarFile, updated);
            return;
        }

        Assert.That(text, Is.EqualTo(updated), "run this test with UPDATE_GRAMMAR=1");
    }

    private static string AnyOf(IEnumerable<string> words) =>
        $"(?i)(?<![A-Za-z0-9_.#$])(?:{string.Join('|', words.Order(StringComparer.Ordinal))})(?![A-Za-z0-9_])";

    private IStateStack? _noState;

    private IToken[] Tokenize(string line, ref IStateStack? state)
    {
        var result = _grammar.TokenizeLine(line, state, TimeSpan.MaxValue);
        state = result.RuleStack;
        return result.Tokens;
    }

    // Each token of the compiler's own lexer, beside the scopes that the grammar gives its first character.
    private void Compare(string source)
    {
        var lines = source.ReplaceLineEndings("\n").Split('\n');
        var tokens = new Lexer(source.ReplaceLineEndings("\n"), "t.xs", new Diagnostics()).Run();
        var scopes = new List<IToken[]>();
        IStateStack? state = null;
        foreach (var line in lines)
        {
            scopes.Add(Tokenize(line, ref state));
        }

        var wrong = new List<string>();
        var compared = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            var before = i > 0 ? tokens[i - 1] : default;
            if (Expected(tokens[i], before) is not { } expected)
            {
                continue;
            }

            var (line, column) = (tokens[i].Position.Line - 1, tokens[i].Position.Column - 1);
            var seen = scopes[line]
                .First(token => token.StartIndex <= column && column < token.EndIndex)
                .Scopes;
            compared++;
            if (!seen.Any(scope => scope.StartsWith(expected, StringComparison.Ordinal)))
            {
                wrong.Add(
                    $"{line + 1},{column + 1}: '{tokens[i].Text}' is no {expected} but {string.Join(' ', seen)}: {lines[line]}"
                );
            }
        }

        Assert.That(wrong, Is.Empty, string.Join('\n', wrong));
        Assert.That(compared, Is.Positive);
    }

    // What a token must be by itself, wherever it stands; null when that depends on what is around it.
    private static string? Expected(Token token, Token before)
    {
        var isName = before.Is(".") || before.Is("#");
        return token.Kind switch
        {
            TokenKind.Number when !isName => "constant.numeric",
            TokenKind.Text => "string.quoted",
            TokenKind.RawAssembly => "keyword.other.raw",
            TokenKind.Word when isName => null,
            TokenKind.Word when Register.Find(token.Text) is not null =>
                "variable.language.register",
            TokenKind.Word when Sizes.Contains(token.Text) => "storage.type.size",
            TokenKind.Word
                when Instructions.Exists(token.Text.ToLowerInvariant())
                    && before.Kind is TokenKind.EndOfLine => "support.function.instruction",
            TokenKind.Word when token.Text is "if" or "while" or "goto" or "return" =>
                "keyword.control",
            _ => null,
        };
    }

    /// <summary>What TextMateSharp asks for grammars and themes: there is one grammar, and a theme without colours.</summary>
    private sealed class OneGrammar : IRegistryOptions
    {
        public const string Scope = "source.xsharp";

        public IRawGrammar GetGrammar(string scopeName)
        {
            using var reader = new StreamReader(GrammarFile);
            return GrammarReader.ReadGrammarSync(reader);
        }

        public ICollection<string>? GetInjections(string scopeName) => null;

        public IRawTheme GetTheme(string scopeName) => GetDefaultTheme();

        public IRawTheme GetDefaultTheme()
        {
            using var stream = new MemoryStream(
                """{ "name": "none", "tokenColors": [] }"""u8.ToArray()
            );
            using var reader = new StreamReader(stream);
            return ThemeReader.ReadThemeSync(reader);
        }
    }
}
