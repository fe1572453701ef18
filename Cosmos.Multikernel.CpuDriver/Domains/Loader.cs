// Makes domains from the boot modules that this core runs.
//
// Principles
// - A module that cannot run is refused with its name and the reason; the others run.
// - Pages of the image are the module's own frames, shared read-only by all cores that run it; a page that is written becomes
//   a private copy. Only the page in which a segment's file bytes end and its zeros begin is copied here.
// - The stack holds what the System V ABI (AMD64 supplement, section 3.4.1) says a program finds there.

using System;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Elf;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Domains;

public enum StartResult
{
    Started,

    /// <summary>The image cannot run; the log says why.</summary>
    BadImage,
    NoMemory,
}

public static unsafe class Loader
{
    /// <summary>The first thread's stack: <see cref="Domain.StackBytes"/> that end here, paid for page by page.</summary>
    public const ulong StackEnd = 0x7fff_ffff_e000;

    /// <summary>Starts all instances that the boot media put on this core.</summary>
    public static void StartInstances()
    {
        if (sizeof(Domain) > (int)AddressSpace.PageSize)
        {
            Panic.Stop("a domain does not fit a frame"u8);
        }
        if (!Commitment.TryInitialise() || !Scheduler.TryInitialise())
        {
            Panic.Stop("no memory for the scheduler"u8);
        }
        if (!Vdso.TryInitialise())
        {
            Panic.Stop("no memory for the instances' clock"u8);
        }
        RandomGenerator.Seed();
        Supervision.Start();
        BootRecord* boot = ThisCore.Boot;
        for (uint i = 0; i < boot->ModuleCount; i++)
        {
            Module* module = boot->Modules + i;
            if (module->Status != ModuleStatus.Ok)
            {
                // Told once: a module without cores belongs to none.
                if (ThisCore.Index == boot->ConsoleCore)
                {
                    Refuse(module, Module.Explain(module->Status));
                }
            }
            else if (module->IsData)
            {
                continue;
            }
            else if (!module->TryFirstCore(ThisCore.Count, out _))
            {
                if (ThisCore.Index == boot->ConsoleCore)
                {
                    Refuse(module, "this machine has none of its cores"u8);
                }
            }
            else if (module->RunsOn(ThisCore.Index, ThisCore.Count))
            {
                Start(module);
            }
        }
    }

    /// <summary>Makes the domain of a module and starts its first thread. What is wrong is logged.</summary>
    public static StartResult Start(Module* module)
    {
        if ((module->PhysicalStart & AddressSpace.PageMask) != 0)
        {
            Refuse(module, "the boot loader did not put it on a page boundary"u8);
            return StartResult.BadImage;
        }
        ElfImage image;
        byte* file = DirectMap.At(module->PhysicalStart);
        ElfError error = ElfImage.TryParse(file, module->Length, &image);
        if (error != ElfError.None)
        {
            Refuse(module, ElfErrors.Text(error));
            return StartResult.BadImage;
        }
        ulong limit = Frames.TotalCount;
        if (module->MemoryLimit != 0)
        {
            limit = Math.Min(limit, module->MemoryLimit / FrameAllocator.FrameSize);
        }
        Domain* domain = DomainList.Create(module->Name, module->NameLength, limit);
        if (domain == null)
        {
            Refuse(module, "no memory for its domain"u8);
            return StartResult.NoMemory;
        }
        domain->Life = Supervision.BeginLife(module);
        domain->Priority = (byte)module->Priority;
        domain->IsConsole = module->IsConsole;
        if (domain->IsConsole)
        {
            InstanceInput.Reset();
        }
        domain->IsMonitor = module->IsMonitor;
        domain->Files.OpenStandard();
        Thread* thread = null;
        bool made =
            DomainEndpoints.TryCreate(domain)
            && HeldDevices.TryGrant(domain, module)
            && TryMapImage(domain, module, &image)
            && TryMakeStack(domain, module, &image, out ulong stack)
            && (thread = Thread.Create(domain)) != null
            && TryPoint(thread, stack, domain->ImageStart + image.Entry);
        if (!made)
        {
            Refuse(module, "no memory for its image"u8);
            Supervision.TakeBackLife(module);
            Ending.Discard(domain);
            return StartResult.NoMemory;
        }
        Scheduler.Start(thread);
        return StartResult.Started;
    }

    private static bool TryPoint(Thread* thread, ulong stack, ulong entry)
    {
        thread->Frame.Rsp = stack;
        thread->Frame.Rip = entry;
        return true;
    }

    private static bool TryMapImage(Domain* domain, Module* module, ElfImage* image)
    {
        domain->ImageStart = ImagePlace.Of((ulong)(module - ThisCore.Boot->Modules));
        domain->ImageEnd = domain->ImageStart + image->End;
        for (int i = 0; i < image->SegmentCount; i++)
        {
            if (!TryMapSegment(domain, module, ElfImage.Segment(image, i)))
            {
                return false;
            }
        }
        domain->Space.BreakStart = domain->ImageEnd;
        domain->Space.Break = domain->ImageEnd;
        return true;
    }

    private static bool TryMapSegment(Domain* domain, Module* module, ElfSegment* segment)
    {
        Protection protection = Protection.Read;
        protection |= segment->Writable ? Protection.Write : Protection.None;
        protection |= segment->Executable ? Protection.Execute : Protection.None;

        ulong start = domain->ImageStart + segment->FirstPage;
        ulong end = domain->ImageStart + segment->EndPage;
        ulong fileEnd = domain->ImageStart + segment->Address + segment->FileSize;
        ulong source = module->PhysicalStart + (segment->FileOffset & ~(ElfImage.PageSize - 1));
        // Whole pages of the file are mapped as they are; where zeros follow in the last one, only a writable copy will do.
        bool zerosFollow = segment->MemorySize > segment->FileSize;
        ulong imageEnd = zerosFollow
            ? fileEnd & ~(ElfImage.PageSize - 1)
            : (fileEnd + ElfImage.PageSize - 1) & ~(ElfImage.PageSize - 1);
        imageEnd = segment->FileSize == 0 ? start : Math.Max(imageEnd, start);

        // All at once: a table entry costs less than a page fault.
        if (
            imageEnd > start
            && !(
                TryAdd(domain, start, imageEnd, source, protection, MappingKind.Image)
                && domain->Space.TryPopulate(start, imageEnd)
            )
        )
        {
            return false;
        }
        if (end > imageEnd && !TryAdd(domain, imageEnd, end, 0, protection, MappingKind.Anonymous))
        {
            return false;
        }
        ulong tail = fileEnd > imageEnd && zerosFollow ? fileEnd - imageEnd : 0;
        if (tail == 0 || segment->FileSize == 0)
        {
            return true;
        }
        byte* bytes = DirectMap.At(source + (imageEnd - start));
        return UserMemory.TryWrite(domain, imageEnd, bytes, tail);
    }

    private static bool TryAdd(
        Domain* domain,
        ulong start,
        ulong end,
        ulong source,
        Protection protection,
        MappingKind kind
    )
    {
        Mapping mapping = default;
        mapping.Start = start;
        mapping.End = end;
        mapping.Source = source;
        mapping.Protection = protection;
        mapping.Kind = kind;
        return domain->Space.Add(mapping) == MemoryResult.Done;
    }

    private static bool TryMakeStack(
        Domain* domain,
        Module* module,
        ElfImage* image,
        out ulong stack
    )
    {
        stack = 0;
        domain->StackStart = StackEnd - Domain.StackBytes;
        domain->StackEnd = StackEnd;
        bool mapped = TryAdd(
            domain,
            domain->StackStart,
            StackEnd,
            0,
            Protection.Read | Protection.Write,
            MappingKind.Stack
        );
        if (!mapped)
        {
            return false;
        }
        if (!Vdso.TryMap(domain, out ulong vdso))
        {
            return false;
        }
        StartStack writer = new(domain, StackEnd);
        stack = writer.Write(module, image, domain->ImageStart, vdso);
        return stack != 0;
    }

    private static void Refuse(Module* module, ReadOnlySpan<byte> reason)
    {
        if (module->NameLength == 0)
        {
            Log.Begin();
            Log.Text("a boot module without a name "u8);
        }
        else
        {
            Log.Begin(module->Name, module->NameLength);
        }
        Log.Text("refused: "u8);
        Log.Text(reason);
        Log.End();
    }
}
