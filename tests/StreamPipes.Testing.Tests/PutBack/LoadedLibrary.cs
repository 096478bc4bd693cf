using System.Reflection;
using System.Runtime.Loader;
using StreamPipes.Testing.Tests.PutBack.Scenarios;

namespace StreamPipes.Testing.Tests.PutBack;

/// <summary>The library with every fault in it, and copies of <c>StreamPipes.Testing</c> and of the scenarios that use this library and no other.</summary>
public sealed class LoadedLibrary : IDisposable
{
    private readonly Context _context = new(LibraryCompiler.Compile(PutBackFault.All));
    private readonly FieldInfo _activeFault;
    private readonly FindFailure _find;

    public LoadedLibrary()
    {
        Type search = _context.LoadFromAssemblyPath(typeof(SeedSearch).Assembly.Location).GetType(typeof(SeedSearch).FullName!, throwOnError: true)!;
        _find = search.GetMethod(nameof(SeedSearch.FindFailure))!.CreateDelegate<FindFailure>();
        _activeFault = _context.LoadFromAssemblyName(new AssemblyName("StreamPipes")).GetType(LibraryCompiler.SwitchType, throwOnError: true)!.GetField(LibraryCompiler.SwitchField)!;
    }

    private delegate (int Seed, string Failure, string Message)? FindFailure(string scenario, int firstSeed, int count);

    public void Dispose() => _context.Unload();

    /// <param name="fault">What is put back; <see langword="null"/> for the library as it is.</param>
    /// <param name="firstSeed">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <inheritdoc cref="SeedSearch.FindFailure"/>
    internal (int Seed, string Failure, string Message)? Search<TScenario>(PutBackFault? fault, int firstSeed, int count)
        where TScenario : Scenario
    {
        _activeFault.SetValue(obj: null, fault is null ? 0 : PutBackFault.All.IndexOf(fault) + 1);
        return _find(typeof(TScenario).FullName!, firstSeed, count);
    }

    private sealed class Context(byte[] image) : AssemblyLoadContext("the library with faults", isCollectible: true)
    {
        private Assembly? _library;

        protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name switch
        {
            "StreamPipes" => _library ??= LoadFromStream(new MemoryStream(image)),
            "StreamPipes.Testing" => LoadFromAssemblyPath(typeof(VirtualNetwork).Assembly.Location),
            _ => null,
        };
    }
}
