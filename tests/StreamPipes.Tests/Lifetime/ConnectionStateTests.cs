using StreamPipes.State;

namespace StreamPipes.Tests.Lifetime;

/// <summary>What follows from what has happened to a connection, fact by fact.</summary>
public sealed class ConnectionStateTests
{
    private static readonly IOException Broken = new("broken");
    private readonly ConnectionState _state = new(hasInput: true, hasOutput: true);

    [Fact]
    public void A_connection_receives_until_the_reader_is_done_or_the_pump_has_ended()
    {
        _state.IsReceiving.Should().BeTrue();
        new ConnectionState(hasInput: false, hasOutput: true).IsReceiving.Should().BeFalse();

        ConnectionState ended = new(hasInput: true, hasOutput: true);
        ended.NoteReceiveEnded();
        ended.IsReceiving.Should().BeFalse();

        _state.NoteInputCompleted();
        _state.IsReceiving.Should().BeFalse();
    }

    [Fact]
    public void The_peer_closed_first_if_its_end_came_during_a_read()
    {
        _state.HasRemoteClosedFirst.Should().BeFalse();
        _state.NoteEndOfStream(isTruncated: false);
        _state.HasRemoteClosedFirst.Should().BeTrue();

        ConnectionState done = new(hasInput: true, hasOutput: true);
        done.NoteInputCompleted();
        done.NoteEndOfStream(isTruncated: false);
        done.HasRemoteClosedFirst.Should().BeFalse();
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public void A_connection_closes_once_both_directions_have_ended(bool inputCompleted, bool receiveEnded, bool closes)
    {
        _state.NoteSendEnded();
        if (inputCompleted) _state.NoteInputCompleted();
        if (receiveEnded) _state.NoteReceiveEnded();

        _state.Decide(hasTimedOut: false).Should().Be(closes ? NextStep.Close : NextStep.None);

        _state.IsClosing.Should().Be(closes);
        _state.Decide(hasTimedOut: true).Should().Be(NextStep.None);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public void CloseTimeout_begins_once_both_ends_are_completed(bool input, bool output, bool starts)
    {
        if (input) _state.NoteInputCompleted();
        if (output) _state.NoteOutputCompleted();

        _state.Decide(hasTimedOut: false).Should().Be(starts ? NextStep.StartTimer : NextStep.None);
    }

    [Fact]
    public void The_close_of_a_one_way_sender_has_no_limit()
    {
        ConnectionState writer = new(hasInput: false, hasOutput: true);
        writer.NoteOutputCompleted();

        writer.Decide(hasTimedOut: false).Should().Be(NextStep.None);
        writer.NoteSendEnded();
        writer.Decide(hasTimedOut: false).Should().Be(NextStep.Close);
    }

    [Fact]
    public void The_first_error_stays_and_none_comes_after_the_end()
    {
        _state.TryFault(CloseReason.ReadFault, Broken).Should().BeTrue();
        _state.TryFault(CloseReason.WriteFault, new IOException("later")).Should().BeFalse();
        _state.CloseReason.Should().Be(CloseReason.ReadFault);
        _state.Fault!.Exception.Should().BeSameAs(Broken);

        ConnectionState finished = new(hasInput: true, hasOutput: true);
        Close(finished).Should().BeNull();
        finished.TryFault(CloseReason.ReadFault, Broken).Should().BeFalse();
        finished.CloseReason.Should().Be(CloseReason.LocalClose);
    }

    [Fact]
    public void Only_an_error_that_waits_can_be_hurried_and_only_once()
    {
        _state.TryEscalate().Should().BeFalse("there is none");
        _state.TryFault(CloseReason.WriteFault, Broken);
        _state.Decide(hasTimedOut: false).Should().Be(NextStep.StartTimer, "the peer's last words are welcome");

        _state.TryEscalate().Should().BeTrue();
        _state.TryEscalate().Should().BeFalse();
        _state.Decide(hasTimedOut: false).Should().Be(NextStep.Close);
    }

    [Fact]
    public void An_error_that_waits_is_not_hurried_after_the_end()
    {
        _state.TryFault(CloseReason.WriteFault, Broken);
        Close(_state);

        _state.TryEscalate().Should().BeFalse();
    }

    [Theory]
    [InlineData(CloseReason.ReadFault, false, false, true)]
    [InlineData(CloseReason.WriteFault, false, false, false)]
    [InlineData(CloseReason.WriteFault, true, false, true)]
    [InlineData(CloseReason.WriteFault, false, true, true)]
    public void After_a_write_fault_a_connection_closes_when_nothing_more_is_received_or_the_time_is_up(CloseReason reason, bool inputCompleted, bool hasTimedOut, bool closes)
    {
        if (inputCompleted) _state.NoteInputCompleted();
        _state.TryFault(reason, Broken);

        _state.Decide(hasTimedOut).Should().Be(closes ? NextStep.Close : NextStep.StartTimer);
    }

    [Fact]
    public void A_detach_is_refused_when_an_end_was_completed_or_the_connection_closes_or_is_detached()
    {
        ShouldRefuseToDetach(static state => state.NoteInputCompleted());
        ShouldRefuseToDetach(static state => state.NoteOutputCompleted());
        ShouldRefuseToDetach(static state => state.BeginDetach());
        ShouldRefuseToDetach(static state =>
        {
            state.NoteReceiveEnded();
            state.NoteSendEnded();
            state.Decide(hasTimedOut: false);
        });
    }

    [Fact]
    public void During_a_detach_the_end_of_the_pumps_is_no_reason_to_close()
    {
        _state.BeginDetach();
        _state.NoteReceiveEnded();
        _state.NoteSendEnded();
        _state.IsDetaching.Should().BeTrue();
        _state.Decide(hasTimedOut: false).Should().Be(NextStep.None);

        _state.GiveUpDetach();

        _state.IsDetaching.Should().BeFalse();
        _state.Decide(hasTimedOut: false).Should().Be(NextStep.Close);
    }

    [Fact]
    public void A_detach_ends_a_connection_unless_it_had_an_error()
    {
        _state.BeginDetach();
        _state.Finish(isDetached: true).Should().BeNull();
        _state.CloseReason.Should().Be(CloseReason.Detached);

        ConnectionState broken = new(hasInput: true, hasOutput: true);
        broken.TryFault(CloseReason.ReadFault, Broken);
        broken.Finish(isDetached: true)!.Exception.Should().BeSameAs(Broken);
        broken.ToString().Should().StartWith("ending");
    }

    [Theory]
    [InlineData(true, true, CloseReason.Truncated)]
    [InlineData(true, false, CloseReason.RemoteClose)]
    [InlineData(false, true, CloseReason.LocalClose)]
    [InlineData(false, false, CloseReason.LocalClose)]
    public void An_orderly_end_tells_who_closed_first_and_whether_the_peers_end_may_have_been_forged(bool remoteFirst, bool isTruncated, CloseReason reason)
    {
        if (!remoteFirst) _state.NoteInputCompleted();
        _state.NoteEndOfStream(isTruncated);

        Close(_state).Should().BeNull();

        _state.CloseReason.Should().Be(reason);
    }

    [Fact]
    public void The_state_of_a_connection_describes_itself()
    {
        _state.ToString().Should().Be("open");
        _state.NoteReceiveEnded();
        _state.ToString().Should().Be("open, the peer has closed its side");
        _state.NoteInputCompleted();
        _state.ToString().Should().Be("open, Input completed");
        _state.NoteOutputCompleted();
        _state.ToString().Should().Be("open, Input completed, Output completed");
        _state.NoteSendEnded();
        _state.Decide(hasTimedOut: false);
        _state.ToString().Should().Be("closing");
        _state.Finish(isDetached: false);
        _state.ToString().Should().Be("ended, LocalClose");
    }

    [Fact]
    public void The_state_of_one_direction_describes_itself()
    {
        ConnectionState reader = new(hasInput: true, hasOutput: false);
        reader.ToString().Should().Be("open");
        reader.NoteInputCompleted();
        reader.ToString().Should().Be("completed");

        _state.TryFault(CloseReason.ReadFault, Broken);
        _state.ToString().Should().Be("ending, ReadFault (IOException: broken)");
        Close(_state);
        _state.ToString().Should().Be("ended, ReadFault (IOException: broken)");

        ConnectionState detaching = new(hasInput: true, hasOutput: true);
        detaching.BeginDetach();
        detaching.ToString().Should().Be("being detached");
    }

    /// <summary>A close as the lifetime goes through it: decided, then over.</summary>
    private static Fault? Close(ConnectionState state)
    {
        state.NoteInputCompleted();
        state.NoteOutputCompleted();
        state.NoteReceiveEnded();
        state.NoteSendEnded();
        state.Decide(hasTimedOut: true).Should().Be(NextStep.Close);
        return state.Finish(isDetached: false);
    }

    private static void ShouldRefuseToDetach(Action<ConnectionState> after)
    {
        ConnectionState state = new(hasInput: true, hasOutput: true);
        after(state);
        bool before = state.IsDetaching;

        Assert.Throws<InvalidOperationException>(state.BeginDetach);

        state.IsDetaching.Should().Be(before);
    }
}
