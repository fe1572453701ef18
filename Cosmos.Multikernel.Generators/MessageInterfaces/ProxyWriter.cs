using System.Linq;

namespace Cosmos.Multikernel.Generators.MessageInterfaces;

/// <summary>Writes the class that turns calls into messages.</summary>
internal static class ProxyWriter
{
    private const string Messages = "global::Cosmos.Multikernel.Messages";

    public static void Write(SourceWriter source, MessageModel model)
    {
        var name = model.BaseName + "Proxy";
        source.Line(
            $"/// <summary>Sends the messages of <see cref=\"{model.Name}\"/> to the instance that serves them.</summary>"
        );
        source.Open(
            $"{model.Accessibility} sealed class {name} : {model.QualifiedName}, {Messages}.IMessageProxy<{name}>, global::System.IDisposable"
        );
        source.Line($"private readonly {Messages}.MessageClient client;");
        source.Line();
        source.Line($"private {name}({Messages}.MessageClient client) => this.client = client;");
        source.Line();
        source.Line("/// <inheritdoc/>");
        source.Line($"public static string Service => \"{model.Service}\";");
        source.Line();
        source.Line("/// <inheritdoc/>");
        source.Line($"public static ulong InterfaceHash => 0x{model.Hash():x16};");
        source.Line();
        source.Line("/// <summary>The client below: its channel, its counters.</summary>");
        source.Line($"public {Messages}.MessageClient Client => client;");
        source.Line();
        source.Line("/// <inheritdoc/>");
        source.Line(
            $"public static {name} Create({Messages}.MessageClient client) => new(client);"
        );
        for (var i = 0; i < model.Methods.Count; i++)
        {
            source.Line();
            WriteMethod(source, model.Methods[i], i);
        }
        source.Line();
        source.Line("/// <summary>Disconnects.</summary>");
        source.Line("public void Dispose() => client.Dispose();");
        source.Close();
    }

    private static void WriteMethod(SourceWriter source, MessageMethod method, int index)
    {
        var parameters = string.Join(
            ", ",
            method.Parameters.Select(static p => $"{p.TypeName} {p.Name}")
        );
        var returns = method.Kind switch
        {
            ResultKind.Value => $"global::System.Threading.Tasks.ValueTask<{method.Result!.Name}>",
            ResultKind.Stream =>
                $"global::System.Collections.Generic.IAsyncEnumerable<{method.Result!.Name}>",
            _ => "global::System.Threading.Tasks.ValueTask",
        };
        var kind = method.Kind == ResultKind.OneWay ? $", {Messages}.MessageKind.OneWay" : "";
        var token = method.Parameters.FirstOrDefault(static p => p.Wire is null)?.Name;
        source.Line("/// <inheritdoc/>");
        source.Open($"public {returns} {method.Name}({parameters})");
        source.Line($"var message_ = this.client.Begin({index}{kind});");
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Wire is not null)
            {
                source.Line($"message_.{string.Format(parameter.Wire.Write, parameter.Name)};");
            }
        }
        var decode =
            $"static (ref {Messages}.MessageReader reader) => reader.{method.Result?.Read}{(token is null ? "" : ", " + token)}";
        var filled = method.Parameters.FirstOrDefault(static p => p.Wire is { IsFilled: true });
        source.Line(
            method.Kind switch
            {
                ResultKind.Value when filled is not null =>
                    $"return this.client.Fill<{method.Result!.Name}>({filled.Name}, {decode});",
                ResultKind.OneWay => "return this.client.Tell();",
                ResultKind.Nothing => $"return this.client.Call({token});",
                ResultKind.Value => $"return this.client.Call<{method.Result!.Name}>({decode});",
                _ => $"return this.client.Stream<{method.Result!.Name}>({decode});",
            }
        );
        source.Close();
    }
}
