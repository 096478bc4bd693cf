using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using StreamPipes.Exploration.MemoryModel;

namespace StreamPipes.Exploration.Rewriting;

/// <summary>
/// Says which fields are simulated: those of the library's classes that change, and of its structures that are used by interlocked operations. Left as
/// they are: read-only fields, what the compiler has made, fields whose address goes anywhere else than to an interlocked operation, and
/// what a scenario's own classes hold.
/// </summary>
internal sealed class FieldRules
{
    private readonly ModuleDefinition _module;
    private readonly Dictionary<FieldDefinition, Field> _fields = [];
    private readonly HashSet<FieldDefinition> _opaque = [];
    private readonly HashSet<TypeDefinition> _atomicStructures = [];
    private readonly Dictionary<TypeDefinition, int> _slots = [];
    private readonly Dictionary<string, Field> _inherited = new(StringComparer.Ordinal);
    private int _statics;

    public FieldRules(ModuleDefinition module)
    {
        _module = module;
        foreach (TypeDefinition type in module.GetAllTypes())
        {
            if (type.IsValueType && !type.IsEnum && type.Methods.Any(UsesAtomicsOnItself)) _atomicStructures.Add(type);
        }

        foreach (MethodDefinition method in module.GetAllTypes().SelectMany(static type => type.Methods).Where(static method => method.HasBody))
        {
            foreach (Instruction at in method.Body.Instructions)
            {
                if (at.OpCode.Code is Code.Ldflda or Code.Ldsflda && ((FieldReference)at.Operand).Resolve() is { } field && field.Module == module && !IsFine(StackWalk.ConsumerOf(at))) _opaque.Add(field);
            }
        }
    }

    public IReadOnlyList<Field> Simulated => [.. _fields.Values, .. _inherited.Values];

    public IEnumerable<string> Opaque => _opaque
        .Where(one => IsOfLibrary(one.DeclaringType) && !one.IsInitOnly && !IsAtomicStructure(one.FieldType))
        .Select(static one => $"{ShortName(one.DeclaringType)}.{one.Name} (its address is passed on)");

    public static string ShortName(TypeDefinition type) => type.DeclaringType is { } outer ? $"{ShortName(outer)}.{type.Name}" : type.Name;

    public static TypeReference SelfOf(TypeDefinition type) => type.HasGenericParameters ? type.MakeGenericInstanceType([.. type.GenericParameters]) : type;

    /// <summary>Whether an address is only looked through, so that a copy's does as well.</summary>
    public static bool IsByCopy(Instruction? consumer) =>
        consumer?.Operand is MethodReference { HasThis: true } called && consumer.OpCode.Code == Code.Call && called.DeclaringType.Resolve() is { IsValueType: true } type && IsReadOnly(type)
        || consumer?.OpCode.Code is Code.Ldobj;

    /// <summary>The type of a field, with the arguments of the type that declares it.</summary>
    public static TypeReference TypeOf(FieldReference field) => Substitute(field.FieldType, field.DeclaringType);

    public Field? FieldOf(FieldReference reference) => reference.DeclaringType.Scope == _module && reference.Resolve() is { } field ? _fields.GetValueOrDefault(field) : null;

    public void Look(TypeDefinition type)
    {
        if (!IsOfLibrary(type) || (type.IsValueType && !_atomicStructures.Contains(type))) return;
        if (_slots.ContainsKey(type)) return;
        int slot = FirstSlotOf(type);
        foreach (FieldDefinition field in type.Fields)
        {
            if (field.IsLiteral || field.IsInitOnly || _opaque.Contains(field) || IsAtomicStructure(field.FieldType)) continue;
            _fields.Add(field, new Field($"{ShortName(type)}.{field.Name.Replace("<", "", StringComparison.Ordinal).Replace(">k__BackingField", "", StringComparison.Ordinal)}", field.IsStatic ? _statics++ : slot++, _fields.Count + 2));
        }

        if (IsOfSegments(type.BaseType))
        {
            // What a segment inherits from the framework, under the names of its properties.
            foreach (string name in (string[])["Memory", "Next", "RunningIndex"]) _inherited.Add(name, new Field($"{ShortName(type)}.{name}", slot++, 1_000 + slot));
            SegmentType = type;
        }

        _slots[type] = slot;
    }

    /// <summary>The library's own segment.</summary>
    public TypeDefinition? SegmentType { get; private set; }

    public static bool IsOfSegments(TypeReference? type) => type is GenericInstanceType && string.Equals(type.GetElementType().FullName, "System.Buffers.ReadOnlySequenceSegment`1", StringComparison.Ordinal);

    /// <summary>The simulated field behind a property that a segment has from the framework.</summary>
    public Field? InheritedFieldOf(string accessor) => _inherited.GetValueOrDefault(accessor[4..]);

    public bool IsShadowRoot(TypeDefinition type) => IsOfLibrary(type) && !type.IsInterface && !type.IsEnum && (!type.IsValueType || _atomicStructures.Contains(type)) && !(type.BaseType?.Resolve() is { } parent && parent.Module == _module && !type.IsValueType) && !(type.IsAbstract && type.IsSealed);

    /// <summary>The class highest up that has the shadow, with the arguments that it has for that type.</summary>
    public TypeReference ShadowRootOf(TypeReference type)
    {
        TypeReference at = type;
        while (at.Resolve() is { } definition && !IsShadowRoot(definition)) at = Substitute(definition.BaseType, at);
        return at;
    }

    public static TypeReference Substitute(TypeReference type, TypeReference context)
    {
        if (context is not GenericInstanceType instance) return type;
        return type switch
        {
            GenericParameter { Type: GenericParameterType.Type } parameter => instance.GenericArguments[parameter.Position],
            GenericInstanceType generic => Rebuild(generic, instance),
            ArrayType array => new ArrayType(Substitute(array.ElementType, context), array.Rank),
            _ => type,
        };
    }

    private static GenericInstanceType Rebuild(GenericInstanceType generic, GenericInstanceType context)
    {
        GenericInstanceType built = new(generic.ElementType);
        foreach (TypeReference argument in generic.GenericArguments) built.GenericArguments.Add(Substitute(argument, context));
        return built;
    }

    private static bool IsReadOnly(TypeDefinition type) => string.Equals(type.FullName, "System.Nullable`1", StringComparison.Ordinal)
        || type.CustomAttributes.Any(static attribute => string.Equals(attribute.AttributeType.Name, "IsReadOnlyAttribute", StringComparison.Ordinal)) || type.IsPrimitive;

    private static bool UsesAtomicsOnItself(MethodDefinition method) => method is { HasBody: true, IsStatic: false } && method.Body.Instructions.Any(at =>
        at.OpCode.Code == Code.Ldflda && ((FieldReference)at.Operand).Resolve()?.DeclaringType == method.DeclaringType && IsAtomic(StackWalk.ConsumerOf(at)));

    private static bool IsAtomic(Instruction? consumer) => consumer?.Operand is MethodReference called && called.DeclaringType.FullName is "System.Threading.Volatile" or "System.Threading.Interlocked";

    private static bool IsFine(Instruction? consumer) => IsAtomic(consumer) || consumer?.OpCode.Code is Code.Initobj || IsByCopy(consumer);

    private static bool IsOfCompiler(TypeDefinition? type) => type is not null && (type.Name.Contains('<', StringComparison.Ordinal) || IsOfCompiler(type.DeclaringType));

    private int FirstSlotOf(TypeDefinition type)
    {
        if (type.IsValueType || type.BaseType?.Resolve() is not { } parent || parent.Module != _module) return 0;
        if (!_slots.ContainsKey(parent) && IsOfLibrary(parent)) Look(parent);
        return _slots.GetValueOrDefault(parent);
    }

    private bool IsAtomicStructure(TypeReference type) => type.IsValueType && type.GetElementType() is { } element && element.Scope == _module && element.Resolve() is { } definition && _atomicStructures.Contains(definition);

    private static bool IsOfLibrary(TypeDefinition type) => !IsOfCompiler(type) && !type.IsInterface && !type.IsEnum
        && type.FullName.StartsWith("StreamPipes.", StringComparison.Ordinal)
        && (!type.FullName.StartsWith("StreamPipes.Exploration.", StringComparison.Ordinal) || type.CustomAttributes.Any(static attribute => string.Equals(attribute.AttributeType.Name, nameof(Exploring.SimulatedAttribute), StringComparison.Ordinal)));
}
