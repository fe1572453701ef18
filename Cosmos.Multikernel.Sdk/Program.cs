using Cosmos.Multikernel.Sdk.Images;

// Called by Sdk.targets: makes the image that a layout file describes, and writes its line in SHA256SUMS; or the line alone. Errors have MSBuild's form, so that they appear as the build's own.
if (args is not [var input, var output])
{
    Console.Error.WriteLine("usage: Cosmos.Multikernel.Sdk (LAYOUT | --checksum) IMAGE");
    return 2;
}

try
{
    if (input != "--checksum")
    {
        ImageWriter.Write(ImageLayout.Read(input), output);
    }

    ImageChecksums.Update(output);
    return 0;
}
catch (Exception failure)
    when (failure is ImageException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"{Path.GetFileName(output)} : error CMK1001: {failure.Message}");
    return 1;
}
