#if !LIBRARY_NETSTANDARD
using StreamPipes.Internal;

namespace StreamPipes.Tests.Lifetime;

/// <summary>What a close does between the last byte and the dispose: how it lingers, gets quiet and gives up, to the millisecond.</summary>
public sealed class ClosingStepsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedStream _stream = new();

    [Fact]
    public async Task What_the_peer_still_sends_is_read_to_its_end_and_dropped()
    {
        TransportDouble transport = new(_stream) { Lingers = true };
        PipeConnection connection = Start(transport);
        Task disposing = await BeginToLingerAsync(connection, transport);

        await SendLateAsync(times: 3);
        disposing.IsCompleted.Should().BeFalse();
        _stream.IsDisposed.Should().BeFalse();
        _stream.Eof();

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
        connection.BytesReceived.Should().Be(0);
    }

    [Fact]
    public async Task A_quiet_peer_that_has_everything_is_waited_for_a_quarter_of_a_second()
    {
        TransportDouble transport = new(_stream) { Lingers = true, PeerHasEverything = true };
        PipeConnection connection = Start(transport);
        Task disposing = await BeginToLingerAsync(connection, transport);

        _clock.Advance(Interval - Moment);
        _stream.IsDisposed.Should().BeFalse();
        _clock.Advance(Moment);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task A_peer_that_has_everything_and_still_sends_is_waited_for()
    {
        TransportDouble transport = new(_stream) { Lingers = true, PeerHasEverything = true };
        PipeConnection connection = Start(transport);
        Task disposing = await BeginToLingerAsync(connection, transport);
        for (int i = 1; i <= 3; i++)
        {
            await SendLateAsync(times: 1, readsBefore: i);
            _clock.Advance(Interval);
            _stream.IsDisposed.Should().BeFalse();
        }

        _clock.Advance(Interval);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(250)]
    [InlineData(100)]
    public async Task A_peer_of_which_that_is_not_known_is_waited_for_to_the_limit(int limit)
    {
        TransportDouble transport = new(_stream) { Lingers = true };
        PipeConnection connection = Start(transport, TimeSpan.FromMilliseconds(limit));
        Task disposing = await BeginToLingerAsync(connection, transport);

        for (int passed = 1; passed < limit; passed++) _clock.Advance(Moment);
        _stream.IsDisposed.Should().BeFalse();
        _clock.Advance(Moment);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task Without_a_limit_it_is_waited_for_until_it_has_everything()
    {
        TransportDouble transport = new(_stream) { Lingers = true };
        PipeConnection connection = Start(transport, Timeout.InfiniteTimeSpan);
        Task disposing = await BeginToLingerAsync(connection, transport);
        for (int i = 0; i < 100; i++) _clock.Advance(Interval);
        _stream.IsDisposed.Should().BeFalse();

        transport.PeerHasEverything = true;
        _clock.Advance(Interval);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_reader_that_was_done_before_somebody_else_reads_to_the_end(bool theReadFails)
    {
        TransportDouble transport = new(_stream) { Lingers = true };
        PipeConnection connection = Start(transport);
        Task disposing = await BeginToLingerAfterTheReaderAsync(connection, transport);

        await SendLateAsync(times: 3, readsBefore: 2);
        _stream.IsDisposed.Should().BeFalse();
        _ = theReadFails ? _stream.ReadError(new IOException("the peer is gone")) : _stream.Eof();

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task That_read_too_is_stopped_when_the_time_is_up()
    {
        TransportDouble transport = new(_stream) { Lingers = true };
        PipeConnection connection = Start(transport);
        Task disposing = await BeginToLingerAfterTheReaderAsync(connection, transport);

        for (TimeSpan passed = Moment; passed < Clockwork.CloseTimeout; passed += Moment) _clock.Advance(Moment);
        _stream.IsDisposed.Should().BeFalse();
        _clock.Advance(Moment);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_abort_ends_the_wait_for_the_peer(bool readerIsDone)
    {
        TransportDouble transport = new(_stream) { Lingers = true };
        PipeConnection connection = Start(transport);
        Task disposing = readerIsDone ? await BeginToLingerAfterTheReaderAsync(connection, transport) : await BeginToLingerAsync(connection, transport);

        connection.Abort();

        await disposing.Guarded();
        transport.Resets.Should().BePositive();
        connection.CloseReason.Should().Be(CloseReason.Aborted);
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_peer_that_closed_first_is_not_waited_for()
    {
        TransportDouble transport = new(_stream.Eof()) { Lingers = true };
        PipeConnection connection = Start(transport);
        (await connection.Input.TakeAllAsync()).Should().BeEmpty();

        await connection.DisposeAsync().Guarded();

        await ShouldHaveClosedInOrderAsync(connection, transport, CloseReason.RemoteClose);
        _stream.Calls(StreamOperation.Read).Should().Be(1);
    }

    [Fact]
    public async Task A_peer_that_did_not_get_the_half_close_is_not_waited_for()
    {
        TransportDouble transport = new(_stream) { Lingers = true, OnHalfClose = static () => throw new IOException("the peer is gone") };
        PipeConnection connection = Start(transport);

        await connection.DisposeAsync().Guarded();

        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task Nobody_is_waited_for_after_an_abort()
    {
        TransportDouble transport = new(_stream) { Lingers = true };
        PipeConnection connection = Start(transport);
        await _stream.GetCalledTask(StreamOperation.Read).Guarded();

        connection.Abort();

        await Record.ExceptionAsync(() => connection.Completion.Guarded());
        connection.CloseReason.Should().Be(CloseReason.Aborted);
        transport.HalfClosed.IsCompleted.Should().BeFalse();
        transport.Resets.Should().BePositive();
        transport.IsReleased.Should().BeTrue();
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_dispose_that_must_be_quiet_needs_no_reset_when_the_read_can_be_cancelled()
    {
        TransportDouble transport = new(_stream) { IsQuietlyDisposed = true };
        PipeConnection connection = Start(transport);
        await _stream.GetCalledTask(StreamOperation.Read).Guarded();

        await connection.DisposeAsync().Guarded();

        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task A_read_that_cannot_be_cancelled_is_ended_by_a_reset_before_the_dispose()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { IsQuietlyDisposed = true, OnReset = () => stream.Eof() };
        PipeConnection connection = Start(transport);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task disposing = connection.DisposeAsync().AsTask();
        await _clock.WaitForTimerWithinAsync(Interval).Guarded();
        _clock.Advance(Interval - Moment);
        transport.Resets.Should().Be(0);
        stream.IsDisposed.Should().BeFalse();

        _clock.Advance(Moment);

        await disposing.Guarded();
        transport.Resets.Should().Be(1);
        stream.IsDisposed.Should().BeTrue();
        transport.IsReleased.Should().BeTrue();
    }

    [Fact]
    public async Task A_read_that_not_even_a_reset_ends_is_ended_by_the_dispose()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { IsQuietlyDisposed = true };
        PipeConnection connection = Start(transport);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task disposing = connection.DisposeAsync().AsTask();
        await _clock.WaitForTimerWithinAsync(Interval).Guarded();
        _clock.Advance(Interval);
        await transport.WasReset.Guarded();
        await _clock.WaitForTimerWithinAsync(Interval).Guarded();
        _clock.Advance(Interval - Moment);
        stream.IsDisposed.Should().BeFalse();

        _clock.Advance(Moment);

        await disposing.Guarded();
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_half_close_that_must_be_quiet_has_no_read_beside_it_and_reading_goes_on_afterwards()
    {
        TransportDouble transport = new(_stream) { IsQuietlyHalfClosed = true };
        PipeConnection connection = Start(transport);
        await _stream.GetCalledTask(StreamOperation.Read).Guarded();

        await connection.Output.CompleteAsync().Guarded();

        transport.HalfClosedBesideARead.Should().BeFalse();
        _stream.Read("after").Eof();
        (await connection.Input.TakeAllAsync()).Should().Equal("after"u8.ToArray());
    }

    [Fact]
    public async Task A_half_close_does_not_come_beside_a_read_that_does_not_end()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { IsQuietlyHalfClosed = true };
        PipeConnection connection = Start(transport);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task completing = connection.Output.CompleteAsync().AsTask();
        await _clock.WaitForTimersAsync(1).Guarded();
        _clock.Advance(Clockwork.CloseTimeout - Moment);
        completing.IsCompleted.Should().BeFalse();

        _clock.Advance(Moment);

        (await Assert.ThrowsAsync<TimeoutException>(() => completing.Guarded())).Message.Should().Contain("half-closed");
        transport.HalfClosed.IsCompleted.Should().BeFalse();
        stream.Eof();
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(999, 1000)]
    [InlineData(1000, 1000)]
    [InlineData(2000, 2000)]
    public async Task A_dispose_that_does_not_return_gets_the_limit_and_a_second_at_least(int limit, int waits)
    {
        _stream.Hold(StreamOperation.Dispose);
        TransportDouble transport = new(_stream);
        PipeConnection connection = Start(transport, TimeSpan.FromMilliseconds(limit));
        Task disposing = connection.DisposeAsync().AsTask();
        await _stream.GetCalledTask(StreamOperation.Dispose).Guarded();
        await _clock.WaitForTimersAsync(2).Guarded();
        _clock.Advance(TimeSpan.FromMilliseconds(waits) - Moment);
        disposing.IsCompleted.Should().BeFalse();

        _clock.Advance(Moment);

        await disposing.Guarded();
        await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        transport.IsReleased.Should().BeFalse("somebody may still be at work in it");
        _stream.Release(StreamOperation.Dispose);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_input_of_its_own_is_let_go_when_its_reader_is_done_but_not_beside_a_read_that_must_be_quiet(bool mustBeQuiet)
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { HasInputOfItsOwn = true, IsQuietlyDisposed = mustBeQuiet };
        PipeConnection connection = Start(transport);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();

        await connection.Input.CompleteAsync().Guarded();

        transport.InputClosed.IsCompleted.Should().Be(!mustBeQuiet);
        stream.Eof();
        await transport.InputClosed.Guarded();
        await connection.DisposeAsync().Guarded();
    }

    private PipeConnection Start(TransportDouble transport, TimeSpan? limit = null) =>
        new ConnectionLifetime(transport, new PipeConnectionOptions { TimeProvider = _clock, CloseTimeout = limit ?? Clockwork.CloseTimeout }).Connection;

    /// <summary>Disposes the connection with a read pending, up to where only the peer's own close is missing.</summary>
    private async Task<Task> BeginToLingerAsync(PipeConnection connection, TransportDouble transport)
    {
        await _stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task disposing = connection.DisposeAsync().AsTask();
        await transport.HalfClosed.Guarded();
        await _clock.WaitForTimerWithinAsync(Interval).Guarded();
        return disposing;
    }

    /// <summary>The same after the reader was completed, which stopped the pump's read.</summary>
    private async Task<Task> BeginToLingerAfterTheReaderAsync(PipeConnection connection, TransportDouble transport)
    {
        await _stream.GetCalledTask(StreamOperation.Read).Guarded();
        await connection.Input.CompleteAsync().Guarded();
        Task disposing = connection.DisposeAsync().AsTask();
        await transport.HalfClosed.Guarded();
        await _stream.GetCalledTask(StreamOperation.Read, times: 2).Guarded();
        return disposing;
    }

    private async Task SendLateAsync(int times, int readsBefore = 1)
    {
        for (int i = 1; i <= times; i++)
        {
            _ = _stream.Read("late");
            await _stream.GetCalledTask(StreamOperation.Read, readsBefore + i).Guarded();
        }
    }

    private async Task ShouldHaveClosedInOrderAsync(PipeConnection connection, TransportDouble transport, CloseReason reason = CloseReason.LocalClose)
    {
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(reason);
        transport.Resets.Should().Be(0);
        transport.IsReleased.Should().BeTrue();
        _stream.IsDisposed.Should().BeTrue();
        _clock.ArmedTimers.Should().Be(0);
    }
}
#endif
