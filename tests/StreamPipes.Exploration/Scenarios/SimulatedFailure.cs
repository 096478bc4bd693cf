using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>Fails the scenario from where it is not at hand.</summary>
internal abstract class SimulatedFailure : Scenario
{
    public static void Throw(string failure) => Assert(condition: false, failure);
}
