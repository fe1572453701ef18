using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cosmos.Multikernel.Generators.MessageInterfaces;

/// <summary>
/// Writes proxy and dispatcher of each <c>[MessageInterface]</c>. The wire format is in docs/messages.md; what it cannot
/// express is an error at the place where it is written (CMK0101 to CMK0106), never a surprise at run time.
/// </summary>
[Generator]
public sealed class MessageInterfaceGenerator : IIncrementalGenerator
{
    private const string Attribute = "Cosmos.Multikernel.Messages.MessageInterfaceAttribute";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var outputs = context.SyntaxProvider.ForAttributeWithMetadataName(
            Attribute,
            static (node, _) => node is InterfaceDeclarationSyntax,
            static (found, cancellation) => Generate(MessageModel.Create(found, cancellation))
        );
        context.RegisterSourceOutput(outputs, GeneratedFile.Add);
    }

    private static GeneratedFile Generate(MessageModel model)
    {
        var source = SourceWriter.Begin(model.Namespace);
        if (model.Problems.Count == 0)
        {
            ProxyWriter.Write(source, model);
            source.Line();
            DispatcherWriter.Write(source, model);
        }
        return new GeneratedFile(model.PlainName, model.Problems, source.ToString());
    }
}
