using System.Text;
using Cosmos.Multikernel.XSharp;

// The program that the build step runs. Each argument is one file to compile:
//   input.xs|output.asm[|output.g.cs|csharp.namespace]
// Errors go to standard error in MSBuild's canonical form; the exit status is 1 when there is one.
const string usage = """
    usage: Cosmos.Multikernel.XSharp INPUT.xs|OUTPUT.asm[|OUTPUT.g.cs|NAMESPACE] ...
           Cosmos.Multikernel.XSharp @FILE      the arguments, one a line
    Compiles X# to NASM source (nasm -f elf64). The language: docs/xsharp-reference.md.
    """;

if (args.Length == 0 || args[0] is "--help" or "-h" or "-?")
{
    Console.WriteLine(usage);
    return args.Length == 0 ? 2 : 0;
}

var failed = false;
foreach (var argument in args)
{
    Try(() =>
    {
        foreach (var job in Expand(argument))
        {
            Try(() => failed |= !Run(job.Split('|')));
        }
    });
}
return failed ? 1 : 0;

// What goes wrong with one file does not keep the others from being compiled.
void Try(Action step)
{
    try
    {
        step();
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
    {
        Console.Error.WriteLine($"Cosmos.Multikernel.XSharp: error XS0007: {e.Message}");
        failed = true;
    }
}

static IEnumerable<string> Expand(string argument) =>
    argument.StartsWith('@')
        ? File.ReadLines(argument[1..]).Where(line => line.Length > 0)
        : [argument];

static bool Run(string[] job)
{
    if (job.Length is not (2 or 4))
    {
        throw new ArgumentException($"not understood: {string.Join('|', job)}\n{usage}");
    }
    var result = Compiler.Compile(
        File.ReadAllText(job[0]),
        job[0],
        new CompileOptions
        {
            LineDirectives = true,
            CSharpNamespace = job.Length == 4 ? job[3] : "XSharp",
        }
    );
    foreach (var diagnostic in result.Diagnostics)
    {
        Console.Error.WriteLine(diagnostic);
    }
    if (!result.Succeeded)
    {
        return false;
    }
    Write(job[1], result.Assembly!);
    if (job.Length == 4)
    {
        // Written even when the file shares nothing: the C# compiler is given the same files always.
        Write(job[2], result.CSharp ?? "// Nothing is shared.\n");
    }
    return true;
}

static void Write(string path, string text)
{
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    File.WriteAllText(path, text, new UTF8Encoding(false));
}
