using System.Linq;

namespace Cosmos.Multikernel.Generators.MessageInterfaces;

/// <summary>Writes the class that turns messages into calls.</summary>
internal static class DispatcherWriter
{
    private const string Messages = "global::Cosmos.Multikernel.Messages";

    public static void Write(SourceWriter source, MessageModel model)
    {
        var name = model.BaseName + "Dispatcher";
        source.Line(
            $"/// <summary>Calls an implementation of <see cref=\"{model.Name}\"/> for the messages that arrive.</summary>"
        );
        source.Open(
            $"{model.Accessibility} sealed class {name}({model.QualifiedName} target) : {Messages}.IMessageDispatcher"
        );
        source.Line("/// <inheritdoc/>");
        source.Line($"public string Service => \"{model.Service}\";");
        source.Line();
        source.Line("/// <inheritdoc/>");
        source.Line($"public ulong InterfaceHash => 0x{model.Hash():x16};");
        source.Line();
        source.Line("/// <inheritdoc/>");
        source.Open(
            $"public void Dispatch({Messages}.MessageSession session, {Messages}.MessageHeader header, ref {Messages}.MessageReader reader)"
        );
        source.Open("switch (header.Method)");
        for (var i = 0; i < model.Methods.Count; i++)
        {
            source.Open($"case {i}:");
            WriteCase(source, model.Methods[i]);
            source.Line("break;");
            source.Close();
        }
        source.Open("default:");
        source.Line(
            $"throw new global::Cosmos.Multikernel.Channels.MalformedMessageException($\"{model.PlainName} has no method {{header.Method}}.\");"
        );
        source.Close();
        source.Close();
        source.Close();
        source.Close();
    }

    private static void WriteCase(SourceWriter source, MessageMethod method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Wire is not null)
            {
                source.Line($"var {parameter.Name}_ = reader.{parameter.Wire.Read};");
            }
        }
        source.Line("reader.End();");
        var filled = method.Parameters.FirstOrDefault(static p => p.Wire is { IsFilled: true });
        var expected = method.Kind == ResultKind.OneWay ? "OneWay" : "Call";
        source.Open($"if (header.Kind != {Messages}.MessageKind.{expected})");
        source.Line(
            $"throw new global::Cosmos.Multikernel.Channels.MalformedMessageException(\"{method.Name} came as a message of another kind.\");"
        );
        source.Close();
        if (filled is not null)
        {
            source.Line($"var room_ = session.TakeRoom({filled.Name}_);");
        }
        var token = method.Kind == ResultKind.Stream ? "token" : "session.TokenOf(header)";
        var arguments = string.Join(
            ", ",
            method.Parameters.Select(p =>
                p.Wire is null ? token
                : p.Wire.IsFilled ? "room_"
                : $"{p.Name}_"
            )
        );
        var call = $"target.{method.Name}({arguments})";
        var encode =
            $"static (writer, value) => writer.{string.Format(method.Result?.Write ?? "", "value")}";
        source.Line(
            method.Kind switch
            {
                ResultKind.OneWay => $"session.Forget({call});",
                ResultKind.Nothing => $"session.Reply(header, {call});",
                ResultKind.Value when filled is not null =>
                    $"session.ReplyFilled<{method.Result!.Name}>(header, {call}, room_, {encode});",
                ResultKind.Value =>
                    $"session.Reply<{method.Result!.Name}>(header, {call}, {encode});",
                _ => $"session.Stream<{method.Result!.Name}>(header, token => {call}, {encode});",
            }
        );
    }
}
