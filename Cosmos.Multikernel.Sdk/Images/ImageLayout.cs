namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>
/// What goes on a boot image: the CPU driver and the instances. As a file, one line each with tab-separated fields:
/// <c>driver FILE ARGUMENTS</c>, perhaps <c>machine OPTION VALUE ...</c>, then <c>instance NAME FILE CORES CONSOLE MEMORY PRIORITY ARGUMENTS MONITOR DEVICES RESTART</c>
/// and <c>data NAME FILE</c>.
/// </summary>
/// <param name="Driver">The CPU driver's ELF file; the one with what a debugger wants to know lies beside it, as .dbg.</param>
/// <param name="DriverArguments">Its command line, such as <c>maxcores=2 console=0</c>.</param>
/// <param name="Modules">The instances, in the order in which the CPU drivers start them.</param>
public sealed record ImageLayout(
    string Driver,
    string DriverArguments,
    IReadOnlyList<ImageModule> Modules
)
{
    private const int DriverFields = 3;
    private const int InstanceFields = 11;
    private const int DataFields = 3;

    /// <summary>Files for the instances to read.</summary>
    public IReadOnlyList<DataModule> Data { get; init; } = [];

    /// <summary>Options of the run verb that describe the machine the project wants, unless its user says otherwise.</summary>
    public IReadOnlyList<string> Machine { get; init; } = [];

    /// <exception cref="ImageException">A line has none of these forms.</exception>
    public static ImageLayout Read(string file)
    {
        string? driver = null;
        var driverArguments = "";
        var modules = new List<ImageModule>();
        var machine = new List<string>();
        var data = new List<DataModule>();
        foreach (var line in File.ReadLines(file).Where(line => line.Length > 0))
        {
            var fields = line.Split('\t');
            if (fields is ["driver", ..] && fields.Length == DriverFields)
            {
                (driver, driverArguments) = (fields[1], fields[2]);
            }
            else if (fields is ["machine", .. var options])
            {
                machine.AddRange(options);
            }
            else if (fields is ["data", ..] && fields.Length == DataFields)
            {
                data.Add(new(fields[1], fields[2]));
            }
            else if (fields is ["instance", ..] && fields.Length == InstanceFields)
            {
                modules.Add(
                    new(
                        fields[1],
                        fields[2],
                        fields[3],
                        ParseFlag("console", fields[4], fields[1]),
                        fields[5],
                        fields[6],
                        fields[7],
                        ParseFlag("monitor", fields[8], fields[1]),
                        fields[9],
                        fields[10]
                    )
                );
            }
            else
            {
                throw new ImageException($"{file}: not a line of an image layout: {line}");
            }
        }

        return driver is null
            ? throw new ImageException($"{file}: no CPU driver is named")
            : new(driver, driverArguments, modules) { Machine = machine, Data = data };
    }

    private static bool ParseFlag(string flag, string text, string instance) =>
        text switch
        {
            "true" or "True" => true,
            "" or "false" or "False" => false,
            _ => throw new ImageException(
                $"instance '{instance}': {flag} '{text}' is neither true nor false"
            ),
        };
}
