namespace StreamPipes.Tests.Carriers;

/// <summary>Whatever carries the bytes: what was written before the end arrives, whole, and the other side sees the end that the carrier used by hand shows.</summary>
public sealed class DisposeTests
{
    [Theory(SkipTestWithoutData = true)]
    [EveryCarrier(Way.WriteAndDispose)]
    public Task What_was_written_before_DisposeAsync_arrives_whole_and_ends_as_the_bare_carrier_does(Medium medium, Layer layer) => Expect.WholeAsync(medium, layer, Way.WriteAndDispose);
}

/// <inheritdoc cref="DisposeTests"/>
public sealed class CompleteAndDisposeTests
{
    [Theory(SkipTestWithoutData = true)]
    [EveryCarrier(Way.WriteCompleteAndDispose)]
    public Task What_was_written_before_the_output_is_completed_arrives_whole_and_ends_as_the_bare_carrier_does(Medium medium, Layer layer) => Expect.WholeAsync(medium, layer, Way.WriteCompleteAndDispose);
}

/// <inheritdoc cref="DisposeTests"/>
public sealed class InputCompletedFirstTests
{
    [Theory(SkipTestWithoutData = true)]
    [EveryCarrier(Way.InputCompletedFirst)]
    public Task What_is_written_after_the_input_was_completed_arrives_whole_and_ends_as_the_bare_carrier_does(Medium medium, Layer layer) => Expect.WholeAsync(medium, layer, Way.InputCompletedFirst);
}

/// <inheritdoc cref="DisposeTests"/>
public sealed class AnswerTests
{
    [Theory(SkipTestWithoutData = true)]
    [EveryCarrier(Way.AskAndReadTheAnswer)]
    public Task The_answer_to_what_was_asked_before_the_half_close_is_read_whole(Medium medium, Layer layer) => Expect.WholeAsync(medium, layer, Way.AskAndReadTheAnswer);
}

/// <inheritdoc cref="DisposeTests"/>
public sealed class DetachTests
{
    [Theory(SkipTestWithoutData = true)]
    [EveryCarrier(Way.Detach)]
    public Task A_carrier_that_was_detached_during_a_read_loses_and_repeats_nothing_in_either_direction(Medium medium, Layer layer) => Expect.WholeAsync(medium, layer, Way.Detach);
}

/// <inheritdoc cref="DisposeTests"/>
public sealed class CancelledWaitTests
{
    [Theory(SkipTestWithoutData = true)]
    [EveryCarrier(Way.CancelWaitsAndAsk)]
    public Task Waits_that_are_given_up_leave_the_carrier_as_it_was_in_both_directions(Medium medium, Layer layer) => Expect.WholeAsync(medium, layer, Way.CancelWaitsAndAsk);
}

/// <inheritdoc cref="DisposeTests"/>
public sealed class FarClosesFirstTests
{
    [Theory(SkipTestWithoutData = true)]
    [EveryCarrier(Way.FarClosesFirst)]
    public Task What_the_far_side_wrote_before_it_closed_is_read_whole_and_the_connection_ends_by_the_peer(Medium medium, Layer layer) => Expect.WholeAsync(medium, layer, Way.FarClosesFirst);
}

internal static class Expect
{
    public static Task WholeAsync(Medium medium, Layer layer, Way way)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && medium is Medium.EchoingProcess or Medium.AnsweringProcess, "sh is not there.");
        return Rounds.ShouldBeWholeAsync($"{layer} over {medium}", way, async () => layer.Put(await medium.ConnectAsync()));
    }
}
