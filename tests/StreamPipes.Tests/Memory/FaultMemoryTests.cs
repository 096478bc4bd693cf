#if !LIBRARY_NETSTANDARD
using StreamPipes.Tests.Faults;

namespace StreamPipes.Tests.Memory;

/// <summary>
/// Whatever pool is given, and whichever call of the stream goes wrong, whether or not the user aborts meanwhile: every block comes back once, and
/// nothing is written after that or outside. What a stream keeps that hangs for ever is lost with it.
/// </summary>
public sealed class FaultMemoryTests
{
    public static TheoryData<PoolKind, FaultOperation, StreamFault, FaultPhase, UserAction, PumpScheduling> Cases
    {
        get
        {
            TheoryData<PoolKind, FaultOperation, StreamFault, FaultPhase, UserAction, PumpScheduling> cases = [];
            foreach (PoolKind kind in Enum.GetValues<PoolKind>())
            {
                foreach (FaultCase @case in FaultCase.All.Where(@case => IsOfInterest(kind, @case)))
                    cases.Add(kind, @case.Operation, @case.Fault, @case.Phase, @case.Action, @case.Scheduling);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_block_returns_to_its_pool_after_a_fault(PoolKind kind, FaultOperation operation, StreamFault fault, FaultPhase phase, UserAction action, PumpScheduling scheduling)
    {
        FaultCase @case = new(operation, fault, phase, action, scheduling);
        FaultPrediction prediction = FaultOracle.Predict(@case);

        FaultOutcome outcome = await FaultRun.PlayAsync(@case, prediction, kind);

        outcome.DifferencesTo(prediction.Outcome).Should().BeEmpty();
    }

    [Fact]
    public void The_number_of_fault_combinations_is_the_expected_one() => Cases.Count.Should().Be(5768, "a change of this number is to be meant");

    /// <summary>A read that fills its block is followed by no empty one.</summary>
    private static bool IsOfInterest(PoolKind kind, FaultCase @case) =>
        @case.Bears && @case.Phase is FaultPhase.AfterBytes or FaultPhase.PendingRead or FaultPhase.OutputDrain or FaultPhase.Dispose
        && @case.Action is UserAction.None or UserAction.Abort
        && (kind != PoolKind.Blocks1 || @case.Operation != FaultOperation.ZeroByteRead);
}
#endif
