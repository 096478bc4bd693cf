using System.Runtime.CompilerServices;
using StreamPipes.Exploration.Exploring;
using StreamPipes.Exploration.MemoryModel;

namespace StreamPipes.Exploration.Hooks;

/// <summary>What rewritten code calls in place of its accesses to fields.</summary>
public static class Memory
{
    private static readonly List<Site> Sites = [];
    private static ObjectShadow _statics = new(identity: 5);

    /// <summary>Only between explorations: another assembly's code takes over.</summary>
    internal static void Begin(IReadOnlyList<Site> sites)
    {
        Sites.Clear();
        Sites.AddRange(sites);
        _statics = new ObjectShadow(identity: 5);
    }

    public static ObjectShadow ShadowOf(ref ObjectShadow? shadow) => shadow ??= new ObjectShadow(SimulatedThread.Current?.NextObject() ?? 7);

    public static Location<T> At<T>(ref ObjectShadow? shadow, int site) => Locate<T>(ShadowOf(ref shadow), site);

    public static Location<T> AtStatic<T>(int site) => Locate<T>(_statics, site);

    public static T Load<T>(ref ObjectShadow? shadow, int site) => At<T>(ref shadow, site).Read(AccessKind.Plain);

    public static T LoadVolatile<T>(ref ObjectShadow? shadow, int site) => At<T>(ref shadow, site).Read(AccessKind.AcquireRelease);

    public static void Store<T>(ref ObjectShadow? shadow, int site, T value) => At<T>(ref shadow, site).Write(value, AccessKind.Plain);

    public static void StoreVolatile<T>(ref ObjectShadow? shadow, int site, T value) => At<T>(ref shadow, site).Write(value, AccessKind.AcquireRelease);

    public static T LoadStatic<T>(int site) => AtStatic<T>(site).Read(AccessKind.Plain);

    public static T LoadStaticVolatile<T>(int site) => AtStatic<T>(site).Read(AccessKind.AcquireRelease);

    public static void StoreStatic<T>(int site, T value) => AtStatic<T>(site).Write(value, AccessKind.Plain);

    public static void StoreStaticVolatile<T>(int site, T value) => AtStatic<T>(site).Write(value, AccessKind.AcquireRelease);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Location<T> Locate<T>(ObjectShadow shadow, int number)
    {
        Site site = Sites[number];
        Location<T> location = shadow.At<T>(site.Field);
        location.Place = site.Place;
        return location;
    }
}
