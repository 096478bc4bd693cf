using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace StreamPipes.Tests.Conformance;

/// <summary>Every <see cref="ReadFlavour"/> with every <see cref="WriteFlavour"/>.</summary>
public sealed class CombinatorialFlavoursAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        IEnumerable<ITheoryDataRow> rows =
            from read in Enum.GetValues<ReadFlavour>()
            from write in Enum.GetValues<WriteFlavour>()
            select new TheoryDataRow<ReadFlavour, WriteFlavour>(read, write);
        return new ValueTask<IReadOnlyCollection<ITheoryDataRow>>([.. rows]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}
