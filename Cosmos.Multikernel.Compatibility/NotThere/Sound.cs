using Cosmos.Multikernel.Compatibility.NotThere;

// Sound.

namespace Cosmos.System.Audio
{
    [Obsolete(Missing.Audio, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class AudioManager;

    [Obsolete(Missing.Audio, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class AudioMixer;
}

namespace Cosmos.System.Audio.IO
{
    [Obsolete(Missing.Audio, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public abstract class AudioStream;

    [Obsolete(Missing.Audio, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class MemoryAudioStream;
}

namespace Cosmos.HAL.Drivers.Audio
{
    [Obsolete(Missing.Audio, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class AC97;
}

namespace Cosmos.System.Audio.DSP.Processing
{
    [Obsolete(Missing.Audio, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class GainPostProcessor;
}

namespace Cosmos.HAL.Audio
{
    [Obsolete(Missing.Audio, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class AudioBuffer;
}

namespace Cosmos.HAL.Drivers.PCI.Audio
{
    [Obsolete(Missing.Audio, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class AC97;
}
