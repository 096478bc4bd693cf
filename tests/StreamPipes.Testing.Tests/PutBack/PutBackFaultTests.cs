using StreamPipes.Testing.Tests.PutBack.Scenarios;

namespace StreamPipes.Testing.Tests.PutBack;

/// <summary>
/// Faults that the library has had (docs/reliability.md, "Found and fixed") are put back, one at a time, by taking the cure out of its sources. Some seed of a scenario finds
/// each of them, and finds it again; the library as it is passes with all of the seeds.
/// </summary>
public sealed class PutBackFaultTests(LoadedLibrary library, ITestOutputHelper output) : IClassFixture<LoadedLibrary>
{
    private const int Seeds = 300;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public Task An_idle_timeout_that_goes_on_during_the_close_throws_away_what_is_being_sent() =>
        FindsAsync<SlowSides>(PutBackFault.IdleTimeoutDuringTheClose, VirtualRunFailure.Exception, "without a byte in either direction for the IdleTimeout");

    [Fact]
    public Task An_idle_timeout_ends_a_peer_that_this_side_holds_up() =>
        FindsAsync<SlowSides>(PutBackFault.IdleTimeoutOfAPeerHeldUp, VirtualRunFailure.Exception, "without a byte in either direction for the IdleTimeout");

    [Fact]
    public Task An_abort_after_a_write_fault_waits_for_the_last_words_of_the_peer() =>
        FindsAsync<AbortOfAPair>(PutBackFault.AbortWaitsForLastWords, VirtualRunFailure.Exception, "the abort waited for the peer's last words");

    [Fact]
    public Task A_write_that_never_ends_keeps_the_completion_of_the_output_waiting() =>
        FindsAsync<StuckWrite>(PutBackFault.CompletionWaitsForAStuckWrite, VirtualRunFailure.Hang, "nothing is left to do");

    [Fact]
    public Task A_read_fault_during_the_half_close_surfaces_as_an_error_of_what_was_sent() =>
        FindsAsync<FaultDuringHalfClose>(PutBackFault.ReadFaultIsTheOutputs, VirtualRunFailure.Exception, "The virtual connection was reset");

    [Fact]
    public Task A_second_dispose_of_a_stream_over_a_connection_does_not_wait_for_the_first() =>
        FindsAsync<TwoDisposes>(PutBackFault.SecondDisposeReturnsAtOnce, VirtualRunFailure.Exception, "the dispose returned before the connection had ended");

    [Fact]
    public Task Every_flush_to_a_peer_that_takes_no_more_is_completed_and_the_loop_of_the_writer_never_ends() =>
        FindsAsync<SubscriberThatLeaves>(PutBackFault.EveryFlushIsCompleted, VirtualRunFailure.TimeExceeded, "within its TimeLimit");

    [Fact]
    public Task Completing_the_input_cancels_the_read_of_a_stream_that_does_not_survive_it() =>
        FindsAsync<OneWayTalk>(PutBackFault.CompletedInputCancelsTheRead, VirtualRunFailure.Exception, "The virtual connection was reset");

    [Fact]
    public Task A_close_cancels_the_read_of_a_stream_before_what_was_sent_has_arrived() =>
        FindsAsync<OneWayTalk>(PutBackFault.CloseCancelsTheRead, VirtualRunFailure.Exception, "The virtual connection was reset");

    [Fact]
    public Task A_detach_cancels_the_read_of_a_stream_and_hands_a_dead_one_back() =>
        FindsAsync<Handover>(PutBackFault.DetachCancelsTheRead, VirtualRunFailure.Exception, "The virtual connection was reset");

    [Fact]
    public Task The_input_of_two_streams_is_disposed_while_the_program_behind_them_still_works() =>
        FindsAsync<ProgramBehindAPair>(PutBackFault.InputOfAPairIsDisposedEarly, VirtualRunFailure.Exception, "The virtual connection was reset");

    [Fact]
    public Task A_second_read_takes_the_result_of_the_first_from_below_it() =>
        FindsAsync<ContendingReaders>(PutBackFault.WaitIsFreeBeforeItsResultIsTaken, VirtualRunFailure.Exception, "a read lost its result to another");

    [Fact]
    public Task A_wait_that_begins_without_a_further_look_misses_what_came_before() =>
        FindsAsync<Conversation>(PutBackFault.WaitBeginsWithoutALook, VirtualRunFailure.Hang, "nothing is left to do");

    [Fact]
    public Task Memory_that_is_still_being_parsed_goes_back_to_its_pool() =>
        FindsAsync<MemoryInUse>(PutBackFault.MemoryOfAReaderGoesBack, VirtualRunFailure.Exception, "byte 0 is 170 and not 0");

    [Fact]
    public Task Memory_that_a_writer_has_asked_for_goes_back_to_its_pool_below_it() =>
        FindsAsync<MemoryInUse>(PutBackFault.MemoryOfAWriterGoesBack, VirtualRunFailure.Exception, "was written to after its return");

    [Fact]
    public Task The_transport_is_released_while_the_read_of_the_linger_is_in_it_and_the_close_is_lost() =>
        FindsAsync<SilentPeer>(PutBackFault.ReleaseDuringTheLinger, VirtualRunFailure.Hang, "nothing is left to do");

    [Theory]
    [InlineData("", 0)]
    [InlineData("Stop(); Stop();", 2)]
    public void A_cure_that_the_library_has_no_longer_or_more_than_once_is_an_error(string text, int times)
    {
        Action apply = () => new SourceEdit("Some.cs", "Stop();", "").ApplyTo(text, "true");
        apply.Should().Throw<InvalidOperationException>().WithMessage($"Some.cs has this text {times} times, not once: Stop();");
    }

    private async Task FindsAsync<TScenario>(PutBackFault fault, VirtualRunFailure failure, string message)
        where TScenario : Scenario
    {
        Assert.SkipWhen(LibraryBuild.IsNetStandard, "The library is compiled as for .NET.");
        (int Seed, string Failure, string Message)? found = await Task.Run(() => library.Search<TScenario>(fault, firstSeed: 1, Seeds)).WaitAsync(Limit);
        found.Should().NotBeNull("the fault was put back");
        (int seed, string kind, string text) = found!.Value;
        output.WriteLine(text);
        kind.Should().Be(failure.ToString());
        text.Should().Contain(message).And.Contain($"VirtualNetwork.Run({seed}, ");
        (await Task.Run(() => library.Search<TScenario>(fault, seed, count: 1)).WaitAsync(Limit)).Should().Be((seed, kind, text), "the seed replays it");

        // The compiled library without a fault, and the one that is shipped.
        (await Task.Run(() => library.Search<TScenario>(fault: null, firstSeed: 1, Seeds)).WaitAsync(Limit)).Should().BeNull("the cure is in place");
        (await Task.Run(() => SeedSearch.FindFailure(typeof(TScenario).FullName!, firstSeed: 1, Seeds)).WaitAsync(Limit)).Should().BeNull("the cure is in place");
    }
}
