using Microsoft.Coyote.Specifications;

namespace StreamPipes.Exploration.Coyote;

/// <summary>What must hold in every schedule.</summary>
internal static class Check
{
    public static void That(bool condition, string failure) => Specification.Assert(condition, failure);
}
