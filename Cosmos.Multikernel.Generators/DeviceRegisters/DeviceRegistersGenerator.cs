using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cosmos.Multikernel.Generators.DeviceRegisters;

/// <summary>
/// Writes the accesses of each <c>[DeviceRegisters]</c>. What would not be one access of the register's width is an error at
/// the place where it is written (CMK0301 to CMK0305).
/// </summary>
[Generator]
public sealed class DeviceRegistersGenerator : IIncrementalGenerator
{
    private const string Attribute =
        "Cosmos.Multikernel.Drivers.Registers.DeviceRegistersAttribute";
    private const string Window = "global::Cosmos.Multikernel.Drivers.Registers.RegisterWindow";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var outputs = context.SyntaxProvider.ForAttributeWithMetadataName(
            Attribute,
            static (node, _) => node is ClassDeclarationSyntax,
            static (found, cancellation) => Generate(RegisterModel.Create(found, cancellation))
        );
        context.RegisterSourceOutput(outputs, GeneratedFile.Add);
    }

    private static GeneratedFile Generate(RegisterModel model)
    {
        var source = SourceWriter.Begin(model.Namespace);
        source.Open($"partial class {model.Name}");
        source.Line($"private readonly {Window} window_;");
        source.Line("private readonly long start_;");
        source.Line();
        source.Line("/// <summary>The registers from a place in a window on.</summary>");
        source.Open($"public {model.Name}({Window} window, long start = 0)");
        source.Line("window_ = window;");
        source.Line("start_ = start;");
        source.Close();
        source.Line();
        source.Line("/// <summary>Where they are.</summary>");
        source.Line($"public {Window} Window => window_;");
        source.Line();
        source.Line("/// <summary>Where in the window they begin.</summary>");
        source.Line("public long Start => start_;");
        foreach (var register in model.Registers)
        {
            source.Line();
            Write(source, register);
        }
        source.Close();
        return new GeneratedFile(model.PlainName, model.Problems, source.ToString());
    }

    private static void Write(SourceWriter source, Register register)
    {
        var bits = register.Size * 8;
        var integer = register.Size switch
        {
            1 => "byte",
            2 => "ushort",
            4 => "uint",
            _ => "ulong",
        };
        source.Open($"{register.Accessibility} partial {register.TypeName} {register.Name}");
        if (register.CanRead)
        {
            source.Line(
                $"get => ({register.TypeName})window_.Read{bits}(start_ + 0x{register.Offset:x});"
            );
        }
        if (register.CanWrite)
        {
            source.Line(
                $"{(register.IsInit ? "init" : "set")} => window_.Write{bits}(start_ + 0x{register.Offset:x}, ({integer})value);"
            );
        }
        source.Close();
    }
}
