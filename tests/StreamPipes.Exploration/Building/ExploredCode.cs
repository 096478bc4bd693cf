using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using StreamPipes.Exploration.Exploring;
using StreamPipes.Exploration.Hooks;
using StreamPipes.Exploration.MemoryModel;
using StreamPipes.Exploration.Rewriting;

namespace StreamPipes.Exploration.Building;

/// <summary>The library and the scenarios, rewritten and loaded.</summary>
internal sealed class ExploredCode : IDisposable
{
    private readonly AssemblyLoadContext _context;
    private readonly RewrittenAssembly _rewritten;
    private readonly List<Action> _emptied = [];

    public ExploredCode(byte[] image, byte[] symbols)
    {
        _rewritten = Rewriter.Rewrite(image, symbols);
        _context = new AssemblyLoadContext("explored", isCollectible: true);
        Memory.Begin(_rewritten.Sites);
        Assembly assembly = _context.LoadFromStream(new MemoryStream(_rewritten.Image));
        foreach (Type type in assembly.GetTypes().Where(static type => !type.ContainsGenericParameters && type.TypeInitializer is not null)) RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        FindCollections(assembly);
        Scenarios = [.. assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(Scenario))).OrderBy(static type => type.FullName, StringComparer.Ordinal)];
    }

    public IReadOnlyList<Type> Scenarios { get; }

    public IReadOnlyList<Field> Fields => _rewritten.Fields;

    public IReadOnlyList<string> Untouched => _rewritten.Untouched;

    /// <summary>Prepares to explore one scenario.</summary>
    public Func<Scenario> Begin(Type scenario)
    {
        foreach (Field field in Fields) field.IsRacy = false;
        Payload.Forget();
        return () =>
        {
            foreach (Action empty in _emptied) empty();
            try
            {
                return (Scenario)Activator.CreateInstance(scenario, nonPublic: true)!;
            }
            catch (TargetInvocationException e)
            {
                throw e.InnerException!;
            }
        };
    }

    public void Dispose() => _context.Unload();

    /// <summary>What static collections hold must not come from one execution to the next.</summary>
    private void FindCollections(Assembly assembly)
    {
        foreach (FieldInfo field in assembly.GetTypes().Where(static type => !type.ContainsGenericParameters).SelectMany(static type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)))
        {
            if (field.IsLiteral || field.GetValue(null) is not { } value) continue;
            FindCollection(value);
            if (value.GetType().Assembly != assembly || value.GetType().Name.Contains('<', StringComparison.Ordinal)) continue;
            foreach (FieldInfo inner in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            {
                if (inner.GetValue(value) is { } held) FindCollection(held);
            }
        }
    }

    private void FindCollection(object value)
    {
        if (value.GetType().Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) != true || value.GetType().GetMethod("Clear", Type.EmptyTypes) is not { } clear) return;
        _emptied.Add(() => clear.Invoke(value, parameters: null));
    }
}
