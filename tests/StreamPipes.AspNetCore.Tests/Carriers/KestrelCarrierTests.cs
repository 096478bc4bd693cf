using StreamPipes.Tests.Carriers;

namespace StreamPipes.AspNetCore.Tests.Carriers;

/// <summary>Streams of Kestrel and of its clients: what was written before the end arrives, whole, and the other side sees the end that the bare stream shows.</summary>
public sealed class KestrelCarrierTests(UpgradingServer server) : IClassFixture<UpgradingServer>
{
    [Theory]
    [CombinatorialCarriers(Way.WriteAndDispose)]
    public Task What_was_written_before_DisposeAsync_arrives_whole_and_ends_as_the_bare_stream_does(KestrelMedium medium, Layer layer) => ExpectAsync(medium, layer, Way.WriteAndDispose);

    [Theory]
    [CombinatorialCarriers(Way.WriteCompleteAndDispose)]
    public Task What_was_written_before_the_output_is_completed_arrives_whole_and_ends_as_the_bare_stream_does(KestrelMedium medium, Layer layer) => ExpectAsync(medium, layer, Way.WriteCompleteAndDispose);

    [Theory]
    [CombinatorialCarriers(Way.InputCompletedFirst)]
    public Task What_is_written_after_the_input_was_completed_arrives_whole_and_ends_as_the_bare_stream_does(KestrelMedium medium, Layer layer) => ExpectAsync(medium, layer, Way.InputCompletedFirst);

    [Theory]
    [CombinatorialCarriers(Way.AskAndReadTheAnswer)]
    public Task The_answer_to_what_was_asked_is_read_whole(KestrelMedium medium, Layer layer) => ExpectAsync(medium, layer, Way.AskAndReadTheAnswer);

    [Theory]
    [CombinatorialCarriers(Way.Detach)]
    public Task A_stream_that_was_detached_during_a_read_loses_and_repeats_nothing_in_either_direction(KestrelMedium medium, Layer layer) => ExpectAsync(medium, layer, Way.Detach);

    private Task ExpectAsync(KestrelMedium medium, Layer layer, Way way) =>
        Rounds.ShouldBeWholeAsync($"{layer} over {medium} with Kestrel", way, async () => layer.Put(await server.ConnectAsync(medium)));
}
