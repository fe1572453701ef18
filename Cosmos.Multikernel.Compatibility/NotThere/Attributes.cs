using Cosmos.Multikernel.Compatibility.NotThere;

// What IL2CPU's own plugs are marked with.

namespace IL2CPU.API.Attribs;

[Obsolete(Missing.PlugField, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
[AttributeUsage(AttributeTargets.Class)]
public sealed class PlugField : Attribute;

[Obsolete(Missing.ObjectPointer, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ObjectPointerAccess : Attribute;

[Obsolete(Missing.Assembler, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
[AttributeUsage(AttributeTargets.Method)]
public sealed class InlineAttribute : Attribute;

[Obsolete(Missing.Assembler, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
[AttributeUsage(AttributeTargets.Method)]
public sealed class AsmMarker : Attribute;
