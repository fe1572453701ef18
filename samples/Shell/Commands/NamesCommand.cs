using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;

namespace Shell.Commands;

/// <summary>A table of the name service: who serves what, and where.</summary>
internal static class NamesCommand
{
    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(0, 0, "names");
        try
        {
            List<NameRecord> records = [];
            await foreach (var record in Names.ListAsync(interrupt))
            {
                records.Add(record);
            }

            Console.Out.Write("NAME                  CORE  INSTANCE              LIFE  VERSION\n");
            foreach (var record in records.OrderBy(record => record.Name.ToString()))
            {
                var version = record.InterfaceHash == 0 ? "-" : $"{record.InterfaceHash:x16}";
                Console.Out.Write(
                    $"{record.Name, -20}{record.Core, 6}  {record.Instance, -20}  {record.Life + 1, 4}  {version}\n"
                );
            }
        }
        catch (Exception exception)
            when (exception is ChannelException or InvalidOperationException)
        {
            throw new CommandException(exception.Message);
        }
    }
}
