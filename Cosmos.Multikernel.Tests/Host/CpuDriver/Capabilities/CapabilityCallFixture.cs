using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using static Cosmos.Multikernel.Abi.MultikernelCall;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;

/// <summary>Capability calls against the CPU driver's own code, on two pretended cores.</summary>
public abstract class CapabilityCallFixture
{
    protected const long BadHandle = -9;
    protected const long TryAgain = -11;
    protected const long NoMemory = -12;
    protected const long Denied = -13;
    protected const long BadPointer = -14;
    protected const long Busy = -16;
    protected const long Exists = -17;
    protected const long Invalid = -22;
    protected const long NotPermitted = -1;
    protected const long NoEntry = -2;

    private protected PretendMachine Machine { get; private set; } = null!;

    /// <summary>Core 0. Once a test has started its monitor m0, that has to permit what others connect to.</summary>
    private protected PretendMachineCore Core => Machine.Cores[0];

    /// <summary>The instance m1 on it.</summary>
    protected nint Domain { get; set; }

    [SetUp]
    public void Start()
    {
        Machine = new PretendMachine(cores: 2);
        Domain = Core.StartInstance("m1");
    }

    [TearDown]
    public void NothingIsLeftBehind()
    {
        Core.End(Domain);
        Machine.Settle();
        Assert.That(Core.Counts()[1..4], Is.EqualTo((ulong[])[0, 0, 0]));
        Machine.Dispose();
    }

    protected ulong Allocate(ulong bytes = 4096, ulong alignment = 4096)
    {
        long handle = Core.Do(Domain, AllocateFrame, bytes, alignment);
        Assert.That(handle, Is.Positive);
        return (ulong)handle;
    }

    private protected CapabilityDescription Identify(ulong handle)
    {
        CapabilityDescription description = default;
        Assert.That(Core.Do(Domain, IdentifyCapability, handle, ref description), Is.Zero);
        return description;
    }

    private protected long Connect(nint from, uint to, string name, out ConnectRequest request) =>
        Connect(Core, from, to, name, out request);

    private protected static long Connect(
        PretendMachineCore core,
        nint from,
        uint to,
        string name,
        out ConnectRequest request
    )
    {
        request = new ConnectRequest { Core = to, Slots = 8 };
        unsafe
        {
            fixed (byte* field = request.Name)
            {
                global::System.Text.Encoding.ASCII.GetBytes(
                    name,
                    new Span<byte>(field, InstanceName.Size)
                );
            }
        }
        return core.DoFirst(from, MultikernelCall.Connect, ref request);
    }
}
