using System.CommandLine;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Setup;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>doctor</c>: looks at this machine and says what to install; changes nothing.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command(
            "doctor",
            "Check this machine: is everything there that building, running and debugging need? Changes nothing; fails when something is missing."
        );
        command.SetAction(
            async (_, cancellation) =>
            {
                var findings = await Examination.RunAsync(cancellation).ConfigureAwait(false);
                Report.Table(
                    ["", "what", "found", "for"],
                    [
                        .. findings.Select(finding =>
                            (string[])
                                [
                                    Mark(finding.Verdict),
                                    finding.What,
                                    finding.Found,
                                    finding.Purpose,
                                ]
                        ),
                    ]
                );
                var packages = findings
                    .Where(finding => finding.Package is not null)
                    .Select(finding => finding.Package!)
                    .ToList();
                if (packages.Count > 0)
                {
                    Report.Line(
                        $"install: sudo apt-get install --no-install-recommends {string.Join(' ', packages)}"
                    );
                }

                foreach (var finding in findings.Where(finding => finding.Advice is not null))
                {
                    Report.Line($"{finding.What}: {finding.Advice}");
                }

                return findings.Any(finding => finding.Verdict == Verdict.Missing) ? 1 : 0;
            }
        );
        return command;
    }

    private static string Mark(Verdict verdict) =>
        verdict switch
        {
            Verdict.Good => "ok",
            Verdict.Advice => "note",
            _ => "MISSING",
        };
}
