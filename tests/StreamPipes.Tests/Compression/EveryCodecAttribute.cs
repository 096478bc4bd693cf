using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace StreamPipes.Tests.Compression;

/// <summary>Every <see cref="Codec"/> on every <see cref="Carrier"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryCodecAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. from codec in Enum.GetValues<Codec>() from carrier in Enum.GetValues<Carrier>() select new TheoryDataRow<Codec, Carrier>(codec, carrier)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
