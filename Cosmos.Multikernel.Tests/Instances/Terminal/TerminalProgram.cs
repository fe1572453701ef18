using Cosmos.Multikernel.Tests.Instances.Records;
using Cosmos.Multikernel.Tests.Instances.Terminal;

// `terminal-tests COLUMNS ROWS`: what .NET's Console can do on a terminal of that size. The fixture presses the keys that
// PressedKeys asks for, and looks at the cells that Picture leaves.
var columns = int.Parse(args[0]);
var rows = int.Parse(args[1]);
var failures = 0;
await RunAsync("size", () => Task.FromResult(Picture.Size(columns, rows)));
PressedKeys.WaitForDriver();
await RunAsync("keys", () => Task.FromResult(PressedKeys.Read()));
await RunAsync("line", () => Task.FromResult(PressedKeys.ReadLine()));
await RunAsync("interrupt", () => Task.FromResult(PressedKeys.Interrupt()));
await RunAsync("picture", () => Task.FromResult(Picture.Draw()));
await RunAsync("driver", DriverDeath.OutliveAsync);
TestRecord.Done("terminal", 0, failures);
PressedKeys.WaitForEver();

async Task RunAsync(string name, Func<Task<string>> body) =>
    failures += await TestRecord.RunAsync($"terminal.{name}", body) ? 0 : 1;
