using Cosmos.Multikernel.Sdk.Images;

// Called by Sdk.targets: makes the image that a layout file describes, and writes its line in SHA256SUMS. Errors have MSBuild's form, so that they appear as the build's own.
if (args is not [var layoutFile, var output])
{
    Console.Error.WriteLine("usage: Cosmos.Multikernel.Sdk LAYOUT IMAGE");
    return 2;
}

try
{
    ImageWriter.Write(ImageLayout.Read(layoutFile), output);
    ImageChecksums.Update(output);
    return 0;
}
catch (Exception failure)
    when (failure is ImageException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"{Path.GetFileName(output)} : error CMK1001: {failure.Message}");
    return 1;
}
