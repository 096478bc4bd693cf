using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using StreamPipes.Exploration.Hooks;
using StreamPipes.Exploration.MemoryModel;

namespace StreamPipes.Exploration.Rewriting;

/// <summary>
/// Rewrites an assembly so that each access to a field of a class under test, each use of <see cref="Volatile"/>, <see cref="Interlocked"/>, locks,
/// threads, the thread pool, cancellation and tasks calls the simulation instead.
/// </summary>
internal sealed class Rewriter
{
    private const string ShadowName = "__shadow";

    private readonly ModuleDefinition _module;
    private readonly FieldRules _rules;
    private readonly TypeReference _shadow;
    private readonly SortedSet<string> _untouched = new(StringComparer.Ordinal);
    private readonly List<Site> _sites = [];

    private Rewriter(ModuleDefinition module)
    {
        _module = module;
        _rules = new FieldRules(module);
        _shadow = module.ImportReference(typeof(ObjectShadow));
    }

    public static RewrittenAssembly Rewrite(byte[] image, byte[] symbols)
    {
        using DefaultAssemblyResolver resolver = new();
        foreach (string folder in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => Path.GetDirectoryName(path)!).Distinct(StringComparer.Ordinal))
            resolver.AddSearchDirectory(folder);
        using ModuleDefinition module = ModuleDefinition.ReadModule(new MemoryStream(image), new ReaderParameters
        {
            AssemblyResolver = resolver,
            ReadSymbols = true,
            SymbolReaderProvider = new PortablePdbReaderProvider(),
            SymbolStream = new MemoryStream(symbols),
        });
        Rewriter rewriter = new(module);
        rewriter.RewriteAll();
        using MemoryStream output = new();
        module.Write(output);
        return new RewrittenAssembly(output.ToArray(), rewriter._sites, rewriter._rules.Simulated, [.. rewriter._untouched, .. rewriter._rules.Opaque]);
    }

    private void RewriteAll()
    {
        List<TypeDefinition> types = [.. _module.GetAllTypes()];
        foreach (TypeDefinition type in types) _rules.Look(type);
        foreach (TypeDefinition type in types) AddShadow(type);
        foreach (MethodDefinition method in types.SelectMany(static type => type.Methods).Where(static method => method.HasBody))
        {
            // The collector's thread is none of the simulation's.
            if (string.Equals(method.Name, "Finalize", StringComparison.Ordinal)) Empty(method);
            else Rewrite(method);
        }
    }

    private static void Empty(MethodDefinition method)
    {
        method.Body = new Mono.Cecil.Cil.MethodBody(method);
        method.Body.GetILProcessor().Emit(OpCodes.Ret);
    }

    private void AddShadow(TypeDefinition type)
    {
        if (!_rules.IsShadowRoot(type)) return;
        type.Fields.Add(new FieldDefinition(ShadowName, Mono.Cecil.FieldAttributes.Public, _shadow));
        if (type.IsValueType) return;
        type.Interfaces.Add(new InterfaceImplementation(_module.ImportReference(typeof(IShadowed))));
        MethodDefinition getter = new("get_Shadow", Mono.Cecil.MethodAttributes.Public | Mono.Cecil.MethodAttributes.Virtual | Mono.Cecil.MethodAttributes.Final | Mono.Cecil.MethodAttributes.NewSlot | Mono.Cecil.MethodAttributes.HideBySig, _shadow);
        ILProcessor il = getter.Body.GetILProcessor();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldflda, ShadowFieldOf(FieldRules.SelfOf(type)));
        il.Emit(OpCodes.Call, Hook(typeof(Memory), nameof(Memory.ShadowOf)));
        il.Emit(OpCodes.Ret);
        type.Methods.Add(getter);
    }

    private void Rewrite(MethodDefinition method)
    {
        Mono.Cecil.Cil.MethodBody body = method.Body;
        body.SimplifyMacros();
        ILProcessor il = body.GetILProcessor();
        string place = $"{FieldRules.ShortName(method.DeclaringType)}.{method.Name}";

        // First the consumers of addresses, which are found by walking code that is not yet changed.
        Dictionary<Instruction, Instruction> consumers = [];
        foreach (Instruction at in body.Instructions)
        {
            if (at.OpCode.Code is Code.Ldflda or Code.Ldsflda && _rules.FieldOf((FieldReference)at.Operand) is not null) consumers[at] = StackWalk.ConsumerOf(at)!;
        }

        HashSet<Instruction> located = [.. consumers.Values];
        foreach (Instruction at in body.Instructions.ToArray())
        {
            switch (at.OpCode.Code)
            {
                case Code.Ldfld or Code.Stfld or Code.Ldsfld or Code.Stsfld or Code.Ldflda or Code.Ldsflda:
                    if (_rules.FieldOf((FieldReference)at.Operand) is { } field)
                        RewriteAccess(method, il, at, (FieldReference)at.Operand, Site(field, place, method, at), consumers.GetValueOrDefault(at));
                    break;
                case Code.Initobj when located.Contains(at):
                    // The address has been left as a location: writes the default.
                    TypeReference type = (TypeReference)at.Operand;
                    VariableDefinition blank = new(type);
                    body.Variables.Add(blank);
                    body.InitLocals = true;
                    Become(at, OpCodes.Ldloca, blank);
                    InsertAfter(il, at, il.Create(OpCodes.Initobj, type), il.Create(OpCodes.Ldloc, blank), il.Create(OpCodes.Call, Hook(typeof(Atomics), nameof(Atomics.PlainWrite), type)));
                    break;
                case Code.Call or Code.Callvirt or Code.Newobj:
                    RewriteCall(method, il, at, (MethodReference)at.Operand, located, place);
                    break;
                default:
                    break;
            }
        }

        body.OptimizeMacros();
    }

    private void RewriteAccess(MethodDefinition method, ILProcessor il, Instruction at, FieldReference field, int site, Instruction? consumer)
    {
        TypeReference type = FieldRules.TypeOf(field);
        bool isStatic = at.OpCode.Code is Code.Ldsfld or Code.Stsfld or Code.Ldsflda;
        bool isVolatile = at.Previous is { OpCode.Code: Code.Volatile };
        if (isVolatile) Become(at.Previous!, OpCodes.Nop, operand: null);
        string suffix = (isStatic ? "Static" : "") + (isVolatile ? "Volatile" : "");
        List<Instruction> code = [];
        if (!isStatic) code.Add(il.Create(OpCodes.Ldflda, ShadowFieldOf(field.DeclaringType)));
        code.Add(il.Create(OpCodes.Ldc_I4, site));
        switch (at.OpCode.Code)
        {
            case Code.Ldfld or Code.Ldsfld:
                code.Add(il.Create(OpCodes.Call, Hook(typeof(Memory), "Load" + suffix, type)));
                break;
            case Code.Stfld or Code.Stsfld:
                VariableDefinition value = new(type);
                method.Body.Variables.Add(value);
                code.Insert(0, il.Create(OpCodes.Stloc, value));
                code.Add(il.Create(OpCodes.Ldloc, value));
                code.Add(il.Create(OpCodes.Call, Hook(typeof(Memory), "Store" + suffix, type)));
                break;
            default:
                if (FieldRules.IsByCopy(consumer))
                {
                    VariableDefinition copy = new(type);
                    method.Body.Variables.Add(copy);
                    code.Add(il.Create(OpCodes.Call, Hook(typeof(Memory), "Load" + suffix, type)));
                    code.Add(il.Create(OpCodes.Stloc, copy));
                    code.Add(il.Create(OpCodes.Ldloca, copy));
                }
                else
                {
                    code.Add(il.Create(OpCodes.Call, Hook(typeof(Memory), isStatic ? nameof(Memory.AtStatic) : nameof(Memory.At), type)));
                }

                break;
        }

        Become(at, code[0].OpCode, code[0].Operand);
        InsertAfter(il, at, [.. code.Skip(1)]);
    }

    private void RewriteCall(MethodDefinition method, ILProcessor il, Instruction at, MethodReference called, HashSet<Instruction> located, string place)
    {
        string type = called.DeclaringType.GetElementType().FullName;
        if (type is "System.Threading.Volatile" or "System.Threading.Interlocked" && located.Contains(at))
        {
            TypeReference value = ((ByReferenceType)called.Parameters[0].ParameterType).ElementType;
            if (value is GenericParameter) value = ((GenericInstanceMethod)called).GenericArguments[0];
            Become(at, OpCodes.Call, Hook(typeof(Atomics), called.DeclaringType.Name + called.Name, value));
            return;
        }

        if (FieldRules.IsOfSegments(called.DeclaringType) && _rules.SegmentType is not null)
        {
            if (_rules.InheritedFieldOf(called.Name) is { } inherited) RewriteInherited(method, il, at, called, Site(inherited, place, method, at));
            return;
        }

        if (Replacements.Find(called) is { } replacement)
        {
            List<TypeReference> arguments = [];
            if (called.DeclaringType is GenericInstanceType generic) arguments.AddRange(generic.GenericArguments);
            if (called is GenericInstanceMethod genericMethod) arguments.AddRange(genericMethod.GenericArguments);
            if (at.Previous is { OpCode.Code: Code.Constrained }) return;
            Become(at, OpCodes.Call, Hook(replacement, [.. arguments]));
            return;
        }

        if (called.Name is "ConfigureAwait" && type.StartsWith("System.Threading.Tasks.", StringComparison.Ordinal))
        {
            // The continuation comes to the simulated pool by the context that this captures.
            bool isFlag = called.Parameters[0].ParameterType.MetadataType == MetadataType.Boolean;
            Instruction first = il.Create(isFlag ? OpCodes.Pop : OpCodes.Ldc_I4_1);
            il.InsertBefore(at, first);
            il.InsertBefore(at, il.Create(isFlag ? OpCodes.Ldc_I4_1 : OpCodes.Or));
            Retarget(method.Body, at, first);
            return;
        }

        if (TouchesTask(type, called.Name))
        {
            Instruction touch = il.Create(OpCodes.Call, Hook(typeof(Tasks), nameof(Tasks.Touch)));
            il.InsertBefore(at, touch);
            Retarget(method.Body, at, touch);
            return;
        }

        if (type.StartsWith("System.Threading.", StringComparison.Ordinal) && !type.StartsWith("System.Threading.Tasks.", StringComparison.Ordinal)) _untouched.Add($"{type}::{called.Name}");
    }

    /// <summary>A property that the framework keeps: written in both places, since the framework's own code reads it, and read in the simulation.</summary>
    private void RewriteInherited(MethodDefinition method, ILProcessor il, Instruction at, MethodReference called, int site)
    {
        FieldReference shadow = ShadowFieldOf(_rules.SegmentType!);
        if (called.Parameters.Count == 0)
        {
            TypeReference type = FieldRules.Substitute(called.ReturnType, called.DeclaringType);
            Become(at, OpCodes.Ldflda, shadow);
            InsertAfter(il, at, il.Create(OpCodes.Ldc_I4, site), il.Create(OpCodes.Call, Hook(typeof(Memory), nameof(Memory.Load), type)));
            return;
        }

        TypeReference written = FieldRules.Substitute(called.Parameters[0].ParameterType, called.DeclaringType);
        VariableDefinition value = new(written);
        method.Body.Variables.Add(value);
        Become(at, OpCodes.Stloc, value);
        InsertAfter(
            il,
            at,
            il.Create(OpCodes.Dup),
            il.Create(OpCodes.Ldflda, shadow),
            il.Create(OpCodes.Ldc_I4, site),
            il.Create(OpCodes.Ldloc, value),
            il.Create(OpCodes.Call, Hook(typeof(Memory), nameof(Memory.Store), written)),
            il.Create(OpCodes.Ldloc, value),
            il.Create(OpCodes.Call, called));
    }

    private static bool TouchesTask(string type, string method)
    {
        if (type.StartsWith("System.Threading.Tasks.TaskCompletionSource", StringComparison.Ordinal)) return method.StartsWith("TrySet", StringComparison.Ordinal) || method.StartsWith("Set", StringComparison.Ordinal);
        if (type.StartsWith("System.Runtime.CompilerServices.Async", StringComparison.Ordinal)) return method is "SetResult" or "SetException" or "AwaitUnsafeOnCompleted" or "AwaitOnCompleted";
        if (type is "System.IO.Pipelines.PipeReader" or "System.IO.Pipelines.PipeWriter") return method is not ".ctor";
        if (type.StartsWith("System.Runtime.CompilerServices.", StringComparison.Ordinal) && type.Contains("TaskAwait", StringComparison.Ordinal)) return method is "get_IsCompleted" or "OnCompleted" or "UnsafeOnCompleted";
        return type is "System.Threading.Tasks.Task" or "System.Threading.Tasks.Task`1" && method is "get_IsCompleted" or "get_IsCompletedSuccessfully" or "get_IsFaulted" or "get_Exception";
    }

    private int Site(Field field, string place, MethodDefinition method, Instruction at)
    {
        SequencePoint? point = null;
        for (Instruction? i = at; i is not null && point is null; i = i.Previous) point = method.DebugInformation.GetSequencePoint(i) is { IsHidden: false } found ? found : null;
        _sites.Add(new Site(field, point is null ? place : $"{place}, {Path.GetFileName(point.Document.Url)}:{point.StartLine}"));
        return _sites.Count - 1;
    }

    private FieldReference ShadowFieldOf(TypeReference type) => new(ShadowName, _shadow, _rules.ShadowRootOf(type));

    private MethodReference Hook(Type type, string name, params TypeReference[] arguments) =>
        Hook(type.GetMethods(BindingFlags.Public | BindingFlags.Static).First(method => string.Equals(method.Name, name, StringComparison.Ordinal)), arguments);

    private MethodReference Hook(MethodInfo method, params TypeReference[] arguments)
    {
        MethodReference imported = _module.ImportReference(method);
        if (arguments.Length == 0) return imported;
        GenericInstanceMethod instance = new(imported);
        foreach (TypeReference argument in arguments) instance.GenericArguments.Add(argument);
        return instance;
    }

    private static void Become(Instruction at, OpCode code, object? operand)
    {
        at.OpCode = code;
        at.Operand = operand;
    }

    private static void InsertAfter(ILProcessor il, Instruction at, params Instruction[] code)
    {
        Instruction last = at;
        foreach (Instruction next in code)
        {
            il.InsertAfter(last, next);
            last = next;
        }
    }

    /// <summary>Whoever jumps to an instruction now jumps to what has been put before it.</summary>
    private static void Retarget(Mono.Cecil.Cil.MethodBody body, Instruction from, Instruction to)
    {
        foreach (Instruction at in body.Instructions)
        {
            if (ReferenceEquals(at.Operand, from)) at.Operand = to;
            else if (at.Operand is Instruction[] targets)
            {
                for (int i = 0; i < targets.Length; i++)
                {
                    if (ReferenceEquals(targets[i], from)) targets[i] = to;
                }
            }
        }

        foreach (ExceptionHandler handler in body.ExceptionHandlers)
        {
            if (ReferenceEquals(handler.TryStart, from)) handler.TryStart = to;
            if (ReferenceEquals(handler.TryEnd, from)) handler.TryEnd = to;
            if (ReferenceEquals(handler.HandlerStart, from)) handler.HandlerStart = to;
            if (ReferenceEquals(handler.HandlerEnd, from)) handler.HandlerEnd = to;
            if (ReferenceEquals(handler.FilterStart, from)) handler.FilterStart = to;
        }
    }
}
