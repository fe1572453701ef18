using Cosmos.Multikernel.Bench.Io;
using Cosmos.Multikernel.Bench.Io.Linux;
using Cosmos.Multikernel.Bench.Io.Measurements;
using Cosmos.Multikernel.Bench.Io.Multikernel;
using Cosmos.Multikernel.Cli.Benchmarks.Station;
using Cosmos.Multikernel.Native;

// `io disk=... station=ADDRESS`, and on Linux interface=... address=...: says what it can measure, then measures what the console names, one
// line each, until it says "end". The same program runs as an instance of a multikernel and as a Linux's init (bench/README.md).
var options = Options.Parse(args);
using ISystem system =
    SystemCalls.ReadIdentity(out _) < 0 ? new LinuxSystem(options) : new MultikernelSystem(options);
IReadOnlyList<Measurement> measurements = [];
system.Run(async () =>
{
    measurements =
    [
        .. DiskMeasurement.All(await system.OpenDiskAsync()),
        .. EchoMeasurement.All(await system.OpenUdpAsync(StationMessage.EchoPort)),
        new SendMeasurement(await system.OpenUdpAsync(StationMessage.CountPort)),
        new ReceiveMeasurement(await system.OpenUdpAsync(StationMessage.StreamPort)),
    ];
});
Record.WriteReady(measurements.Select(measurement => measurement.Name));
while (Console.ReadLine()?.Trim() is { } name && name != "end")
{
    if (measurements.FirstOrDefault(measurement => measurement.Name == name) is { } measurement)
    {
        system.Run(measurement.RunAsync);
    }

    Record.WriteDone();
}

return 0;
