using Cosmos.Multikernel.Compatibility.NotThere;

// Screens in pixels, and the mouse that goes with them.

namespace Cosmos.System.Graphics
{
    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public abstract class Canvas;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class FullScreenCanvas;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class SVGAIICanvas;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class VBECanvas;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class VGACanvas;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class VGAScreen;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class Bitmap;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public abstract class Image;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class Pen;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class Point;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class Mode;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public enum ColorDepth { }
}

namespace Cosmos.System.Graphics.Fonts
{
    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public abstract class Font;

    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class PCScreenFont;
}

namespace Cosmos.System
{
    [Obsolete(Missing.Mouse, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class MouseManager;

    [Obsolete(Missing.Mouse, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public enum MouseState { }
}

namespace Cosmos.HAL.Drivers.PCI.Video
{
    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class VMWareSVGAII;
}

namespace Cosmos.HAL.Drivers
{
    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class VBEDriver;
}

namespace Cosmos.HAL.Drivers.Video
{
    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class VGADriver;
}

namespace Cosmos.HAL.Drivers.Video.SVGAII
{
    [Obsolete(Missing.Graphics, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class VMWareSVGAII;
}
