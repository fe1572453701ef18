using Cosmos.Multikernel.Compatibility.NotThere;

// Cosmos's network.

namespace Cosmos.System.Network
{
    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class NetworkStack;
}

namespace Cosmos.System.Network.Config
{
    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class IPConfig;

    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class NetworkConfig;

    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class NetworkConfiguration;

    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static class DNSConfig;
}

namespace Cosmos.System.Network.IPv4
{
    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class Address;

    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class EndPoint;

    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class ICMPClient;
}

namespace Cosmos.System.Network.IPv4.TCP
{
    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class TcpClient;

    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class TcpListener;
}

namespace Cosmos.System.Network.IPv4.UDP
{
    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class UdpClient;
}

namespace Cosmos.System.Network.IPv4.UDP.DHCP
{
    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class DHCPClient;
}

namespace Cosmos.System.Network.IPv4.UDP.DNS
{
    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class DnsClient;
}

namespace Cosmos.HAL
{
    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public abstract class NetworkDevice;
}

namespace Cosmos.System.Network.IPv4.TCP.FTP
{
    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class FtpServer;
}

namespace Cosmos.HAL.Network
{
    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class MACAddress;
}

namespace Cosmos.HAL.Drivers.PCI.Network
{
    [Obsolete(Missing.Network, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public class AMDPCNetII;
}
