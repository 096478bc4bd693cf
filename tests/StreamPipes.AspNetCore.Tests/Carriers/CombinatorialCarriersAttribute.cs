using System.Reflection;
using StreamPipes.Tests.Carriers;
using Xunit.Sdk;
using Xunit.v3;

namespace StreamPipes.AspNetCore.Tests.Carriers;

/// <summary>Every <see cref="KestrelMedium"/>, bare and with each kind of layer.</summary>
/// <param name="way">What is to be done over them.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CombinatorialCarriersAttribute(Way way) : DataAttribute
{
    private static readonly Layer[] Streams = [Layer.None, Layer.SslStream, Layer.TlsConnection];

    public Way Way { get; } = way;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        Layer[] layers = Way == Way.Detach ? Streams : [.. Streams, Layer.Brotli];
        return new([.. from medium in Enum.GetValues<KestrelMedium>() from layer in layers select new TheoryDataRow<KestrelMedium, Layer>(medium, layer)]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}
