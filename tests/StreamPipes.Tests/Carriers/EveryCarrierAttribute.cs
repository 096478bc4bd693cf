using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace StreamPipes.Tests.Carriers;

/// <summary>Every <see cref="Medium"/>, and every <see cref="Layer"/> over each that is one stream in both directions.</summary>
/// <param name="way">What is to be done over them.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryCarrierAttribute(Way way) : DataAttribute
{
    public Way Way { get; } = way;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. from medium in Enum.GetValues<Medium>() from layer in Enum.GetValues<Layer>() where Exists(medium, layer) select new TheoryDataRow<Medium, Layer>(medium, layer)]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private bool Exists(Medium medium, Layer layer)
    {
        if (!Selection.Has(medium) || !Selection.Has(layer)) return false;
#if LIBRARY_NETSTANDARD
        if (layer is Layer.TlsConnection or Layer.TlsOverConnection) return false;
#endif
        if (!medium.IsDuplex()) return layer == Layer.None && Way != Way.Detach && (medium == Medium.LateInput || Way != Way.FarClosesFirst) && (medium != Medium.EchoingProcess || !Way.Asks());
        return Way != Way.Detach || layer is not (Layer.Brotli or Layer.WatchedDeflate or Layer.BrotliOnHalves);
    }
}
