#if !LIBRARY_NETSTANDARD
namespace StreamPipes.Tests.Faults;

/// <summary>Every call of the stream goes wrong in every way, in every phase, whatever the user does meanwhile: the lifetime table says how it ends.</summary>
public sealed class FaultInjectionTests
{
    public static TheoryData<FaultOperation, StreamFault, FaultPhase, UserAction, PumpScheduling, bool> Cases
    {
        get
        {
            TheoryData<FaultOperation, StreamFault, FaultPhase, UserAction, PumpScheduling, bool> cases = [];
            foreach (FaultCase @case in FaultCase.All) cases.Add(@case.Operation, @case.Fault, @case.Phase, @case.Action, @case.Scheduling, @case.Bears);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_connection_ends_as_the_lifetime_table_says(FaultOperation operation, StreamFault fault, FaultPhase phase, UserAction action, PumpScheduling scheduling, bool bears)
    {
        FaultCase @case = new(operation, fault, phase, action, scheduling, bears);
        FaultPrediction prediction = FaultOracle.Predict(@case);

        FaultOutcome outcome = await FaultRun.PlayAsync(@case, prediction);

        outcome.DifferencesTo(prediction.Outcome).Should().BeEmpty();
    }

    [Fact]
    public void The_number_of_fault_combinations_is_the_expected_one() =>
        FaultCase.All.Count.Should().Be(11976, "a change of this number is to be meant");
}
#endif
