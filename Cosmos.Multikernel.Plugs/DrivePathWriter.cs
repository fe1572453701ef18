using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Cosmos.Multikernel.Plugs;

/// <summary>
/// Hosted, System.IO is Linux's and knows no drives: what the program gives it as a path is translated, and so are the paths that come
/// back. On an image the instance's system calls understand such paths, and nothing of this is needed.
/// </summary>
internal sealed class DrivePathWriter
{
    private const string Translator = "Cosmos.Multikernel.Compatibility.Hosted.HostedPaths";
    private const string PathStandIn = "Cosmos.Multikernel.Compatibility.Hosted.DrivePath";
    private const string PathType = "System.IO.Path";
    private const string ToLinux = "ToLinux";
    private const string DriveToLinux = "DriveToLinux";
    private const string FromLinux = "FromLinux";
    private const string DriveParameter = "driveName";

    private static readonly HashSet<string> Types =
    [
        "System.IO.File",
        "System.IO.Directory",
        "System.IO.FileStream",
        "System.IO.FileSystemInfo",
        "System.IO.FileInfo",
        "System.IO.DirectoryInfo",
        "System.IO.DriveInfo",
        "System.IO.StreamReader",
        "System.IO.StreamWriter",
        "System.IO.Compression.ZipFile",
    ];

    // What .NET calls its parameters that are paths.
    private static readonly HashSet<string> PathParameters =
    [
        "path",
        "fileName",
        "sourceFileName",
        "destFileName",
        "destinationFileName",
        "destinationBackupFileName",
        "sourceDirName",
        "destDirName",
        "sourceDirectoryName",
        "destinationDirectoryName",
        "sourceArchiveFileName",
        "destinationArchiveFileName",
    ];

    private static readonly HashSet<string> PathResults =
    [
        "GetFiles",
        "GetDirectories",
        "GetFileSystemEntries",
        "EnumerateFiles",
        "EnumerateDirectories",
        "EnumerateFileSystemEntries",
        "GetCurrentDirectory",
        "get_FullName",
        "get_DirectoryName",
        "System.IO.FileStream.get_Name",
        "System.IO.DriveInfo.get_Name",
    ];

    private readonly Assemblies assemblies;
    private readonly ModuleDefinition program;
    private readonly TypeDefinition? translator;
    private readonly TypeDefinition? pathStandIn;

    public DrivePathWriter(Assemblies assemblies)
    {
        this.assemblies = assemblies;
        program = assemblies.Program.MainModule;
        ModuleDefinition? library = assemblies.Find(AttributeNames.Assembly)?.MainModule;
        translator = library?.GetType(Translator);
        pathStandIn = library?.GetType(PathStandIn);
    }

    /// <summary>Translates in all of the program's code.</summary>
    public void Write()
    {
        if (translator is null)
        {
            return;
        }
        foreach (TypeDefinition type in program.GetTypes())
        {
            foreach (MethodDefinition method in type.Methods.Where(static one => one.HasBody))
            {
                Write(method);
            }
        }
    }

    private void Write(MethodDefinition method)
    {
        List<Instruction> calls =
        [
            .. method.Body.Instructions.Where(static instruction =>
                instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj
                && ((MethodReference)instruction.Operand).DeclaringType.FullName is var owner
                && (owner == PathType || Types.Contains(owner))
            ),
        ];
        if (calls.Count == 0)
        {
            return;
        }
        // What is put in makes branches longer: in their short form they might not reach any more.
        method.Body.SimplifyMacros();
        foreach (Instruction call in calls)
        {
            Translate(method, call, (MethodReference)call.Operand);
        }
        method.Body.OptimizeMacros();
        assemblies.MarkChanged(assemblies.Program);
    }

    private void Translate(MethodDefinition method, Instruction call, MethodReference called)
    {
        if (called.DeclaringType.FullName == PathType)
        {
            if (FindStandIn(called) is { } standIn)
            {
                call.Operand = program.ImportReference(standIn);
            }
        }
        else if (called.Resolve() is { } definition)
        {
            TranslateArguments(method, call, definition);
            TranslateResult(method, call, definition);
        }
    }

    private MethodDefinition? FindStandIn(MethodReference called) =>
        pathStandIn?.Methods.FirstOrDefault(candidate =>
            candidate.Name == called.Name
            && candidate
                .Parameters.Select(static parameter => parameter.ParameterType.FullName)
                .SequenceEqual(
                    called.Parameters.Select(static parameter => parameter.ParameterType.FullName)
                )
        );

    // Arguments lie on the stack in order: those above a path are put aside while it is translated.
    private void TranslateArguments(
        MethodDefinition method,
        Instruction call,
        MethodDefinition called
    )
    {
        int lowest = called
            .Parameters.ToList()
            .FindIndex(static parameter => TranslatorOf(parameter) is not null);
        if (lowest < 0)
        {
            return;
        }
        ILProcessor code = method.Body.GetILProcessor();
        // Branches to the call must find the translation first, so the call's place becomes its beginning.
        List<Instruction> before = [];
        Stack<VariableDefinition> aside = [];
        for (int i = called.Parameters.Count - 1; i > lowest; i--)
        {
            VariableDefinition place = new(
                program.ImportReference(((MethodReference)call.Operand).Parameters[i].ParameterType)
            );
            method.Body.Variables.Add(place);
            method.Body.InitLocals = true;
            aside.Push(place);
            before.Add(code.Create(OpCodes.Stloc, place));
        }
        for (int i = lowest; i < called.Parameters.Count; i++)
        {
            if (i > lowest)
            {
                before.Add(code.Create(OpCodes.Ldloc, aside.Pop()));
            }
            if (TranslatorOf(called.Parameters[i]) is { } name)
            {
                MethodDefinition translate = translator!.Methods.Single(one => one.Name == name);
                before.Add(code.Create(OpCodes.Call, program.ImportReference(translate)));
            }
        }
        InsertBefore(method, call, before);
    }

    private void TranslateResult(MethodDefinition method, Instruction call, MethodDefinition called)
    {
        bool isPath =
            PathResults.Contains(called.Name)
            || PathResults.Contains($"{called.DeclaringType.FullName}.{called.Name}");
        MethodDefinition? translate = translator!.Methods.FirstOrDefault(one =>
            one.Name == FromLinux && one.ReturnType.FullName == called.ReturnType.FullName
        );
        if (isPath && translate is not null)
        {
            ILProcessor code = method.Body.GetILProcessor();
            code.InsertAfter(call, code.Create(OpCodes.Call, program.ImportReference(translate)));
        }
    }

    // What translates an argument; null for one that stays.
    private static string? TranslatorOf(ParameterDefinition parameter) =>
        parameter.ParameterType.MetadataType != MetadataType.String ? null
        : PathParameters.Contains(parameter.Name) ? ToLinux
        : parameter.Name == DriveParameter ? DriveToLinux
        : null;

    private static void InsertBefore(
        MethodDefinition method,
        Instruction call,
        List<Instruction> before
    )
    {
        ILProcessor code = method.Body.GetILProcessor();
        foreach (Instruction instruction in before)
        {
            code.InsertBefore(call, instruction);
        }
        foreach (Instruction instruction in method.Body.Instructions)
        {
            if (instruction.Operand == call)
            {
                instruction.Operand = before[0];
            }
            else if (instruction.Operand is Instruction[] targets)
            {
                for (int i = 0; i < targets.Length; i++)
                {
                    targets[i] = targets[i] == call ? before[0] : targets[i];
                }
            }
        }
        foreach (ExceptionHandler handler in method.Body.ExceptionHandlers)
        {
            handler.TryStart = handler.TryStart == call ? before[0] : handler.TryStart;
            handler.HandlerStart = handler.HandlerStart == call ? before[0] : handler.HandlerStart;
        }
    }
}
