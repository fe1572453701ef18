using Cosmos.Multikernel.Plugs;

// The program that the build step runs. Errors go to standard error in MSBuild's canonical form; the exit status is 1 when there is one.
const string usage = """
    usage: Cosmos.Multikernel.Plugs FILE
    Puts plugs into assemblies. FILE has the lines program=FILE, reference=FILE (any number) and perhaps output=FOLDER, where the
    rewritten assemblies go, with a list of what they take the place of, replaced.txt. docs/cosmos-compatibility.md
    """;

if (args.Length != 1 || args[0] is "--help" or "-h" or "-?")
{
    Console.WriteLine(usage);
    return args.Length == 1 ? 0 : 2;
}

try
{
    RewriteResult result = Rewriter.Rewrite(RewriteJob.Read(File.ReadLines(args[0])));
    foreach (Diagnostic diagnostic in result.Diagnostics)
    {
        Console.Error.WriteLine(diagnostic);
    }
    return result.Succeeded ? 0 : 1;
}
catch (Exception exception)
    when (exception
            is IOException
                or UnauthorizedAccessException
                or FormatException
                or BadImageFormatException
    )
{
    Console.Error.WriteLine(
        new Diagnostic("Cosmos.Multikernel.Plugs", DiagnosticCode.File, exception.Message)
    );
    return 1;
}
