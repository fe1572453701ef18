using Cosmos.Multikernel;
using Cosmos.Multikernel.Tests.Instances.Files;
using Cosmos.Multikernel.Tests.Instances.Records;

// `file-user KIND=DIRECTORY...` runs every case in a new directory below each of these; KIND is ram, fat or linux and says what the file
// system can do, or full: then it is filled. The same program runs on the metal and on Linux, whose answers are the right ones.
int status = 0;
foreach (string argument in args)
{
    string[] words = argument.Split('=');
    Site site = new(words[0], words[1]);
    status |= TestSuite.Run(
        $"{Instance.Name}.{site.Kind}",
        [.. FilesTable.Cases(site).Where(test => !(test.OnMetalOnly && Instance.IsHosted))]
    );
}
return status;
