#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>What must not run beside what while a connection closes, and how long each step may take, to the millisecond.</summary>
public sealed class ClosingStepsTests : ClosingBench
{
    [Fact]
    public async Task A_dispose_that_must_be_quiet_needs_no_reset_when_the_read_can_be_cancelled()
    {
        TransportDouble transport = new(Stream) { IsQuietlyDisposed = true };
        PipeConnection connection = Start(transport);
        await Stream.GetCalledTask(StreamOperation.Read).Guarded();

        await connection.DisposeAsync().Guarded();

        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task A_dispose_that_must_be_quiet_needs_no_reset_when_the_read_ends_by_itself()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { IsQuietlyDisposed = true };
        Task disposing = await BeginToDisposeBesideAReadAsync(transport, stream);

        stream.Eof();

        await disposing.Guarded();
        transport.Resets.Should().Be(0);
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_read_that_cannot_be_cancelled_is_ended_by_a_reset_before_the_dispose()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { IsQuietlyDisposed = true, OnReset = () => stream.Eof() };
        Task disposing = await BeginToDisposeBesideAReadAsync(transport, stream);
        Clock.Advance(Interval - Moment);
        transport.Resets.Should().Be(0);
        stream.IsDisposed.Should().BeFalse();

        Clock.Advance(Moment);

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
        Task disposing = await BeginToDisposeBesideAReadAsync(transport, stream);
        Clock.Advance(Interval);
        await transport.WasReset.Guarded();
        await Clock.WaitForTimerWithinAsync(Interval).Guarded();
        Clock.Advance(Interval - Moment);
        stream.IsDisposed.Should().BeFalse();

        Clock.Advance(Moment);

        await disposing.Guarded();
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task After_an_abort_what_is_below_is_closed_and_its_read_awaited_before_a_dispose_that_must_be_quiet()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { IsQuietlyDisposed = true, OnCloseBelow = static () => { } };
        PipeConnection connection = Start(transport);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        connection.Abort();
        await Clock.WaitForTimerWithinAsync(Interval).Guarded();
        Clock.Advance(Interval);
        await transport.WasReset.Guarded();
        await Clock.WaitForTimerWithinAsync(Interval).Guarded();
        Clock.Advance(Interval);
        await transport.ClosedBelow.Guarded();
        await Clock.WaitForTimersAsync(1).Guarded();
        Clock.Advance(Clockwork.CloseTimeout - Moment);
        stream.IsDisposed.Should().BeFalse();

        stream.Eof();

        await Assert.ThrowsAsync<IOException>(() => connection.Completion.Guarded());
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_half_close_that_must_be_quiet_has_no_read_beside_it_and_reading_resumes_after_it()
    {
        TransportDouble transport = new(Stream) { IsQuietlyHalfClosed = true };
        PipeConnection connection = Start(transport);
        await Stream.GetCalledTask(StreamOperation.Read).Guarded();

        await connection.Output.CompleteAsync().Guarded();

        transport.HalfClosedBesideARead.Should().BeFalse();
        Stream.Read("after").Eof();
        (await connection.Input.TakeAllAsync()).Should().Equal("after"u8.ToArray());
    }

    [Fact]
    public async Task Bytes_that_come_just_before_a_half_close_that_must_be_quiet_do_not_wait_for_its_end()
    {
        HandedOperations reads = new();
        TaskCompletionSource ends = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TransportDouble transport = new(Stream) { Reads = reads, LendsThreads = true, IsQuietlyHalfClosed = true, AllowsCanceledReads = false, HalfCloseEnds = ends.Task };
        PipeConnection connection = Start(transport);
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();
        HandedOperation pending = await reads.NextAsync();
        Task completing = connection.Output.CompleteAsync().AsTask();
        await Clock.WaitForTimerWithinAsync(Interval).Guarded();

        pending.Complete(3);

        (await read.Guarded()).Buffer.Length.Should().Be(3);
        await transport.HalfClosed.Guarded();
        completing.IsCompleted.Should().BeFalse();
        ends.SetResult();
        await completing.Guarded();
        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task A_half_close_does_not_come_beside_a_read_that_does_not_end()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { IsQuietlyHalfClosed = true };
        PipeConnection connection = Start(transport);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task completing = connection.Output.CompleteAsync().AsTask();
        await Clock.WaitForTimersAsync(1).Guarded();
        Clock.Advance(Clockwork.CloseTimeout - Moment);
        completing.IsCompleted.Should().BeFalse();

        Clock.Advance(Moment);

        (await Assert.ThrowsAsync<TimeoutException>(() => completing.Guarded())).Message.Should().Contain("half-closed");
        transport.HalfClosed.IsCompleted.Should().BeFalse();
        stream.Eof();
    }

    [Fact]
    public Task There_is_no_half_close_after_the_read_that_it_waits_for_has_failed_and_the_error_is_that_of_the_read() => LongRun.RepeatAsync(LongRun.Times(100), async _ =>
    {
        IOException fault = new("a record was changed on the way");
        ManualTimeProvider clock = new();
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { IsQuietlyHalfClosed = true };
        PipeConnection connection = PipeConnection.Over(transport, new PipeConnectionOptions { TimeProvider = clock });
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task completing = connection.Output.CompleteAsync().AsTask();
        await clock.WaitForTimersAsync(1).Guarded();

        stream.ReadError(fault);

        (await Thrown.ByAsync(() => completing.Guarded())).Should().BeSameAs(fault);
        (await Thrown.ByAsync(() => connection.Completion.Guarded())).Should().BeSameAs(fault);
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
        transport.HalfClosed.IsCompleted.Should().BeFalse();
    });

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(999, 1000)]
    [InlineData(1000, 1000)]
    [InlineData(2000, 2000)]
    public async Task A_dispose_that_does_not_return_gets_CloseTimeout_and_a_second_at_least(int limit, int waits)
    {
        Stream.Hold(StreamOperation.Dispose);
        TransportDouble transport = new(Stream);
        PipeConnection connection = Start(transport, TimeSpan.FromMilliseconds(limit));
        Task disposing = connection.DisposeAsync().AsTask();
        await Stream.GetCalledTask(StreamOperation.Dispose).Guarded();
        await Clock.WaitForTimersAsync(2).Guarded();
        Clock.Advance(TimeSpan.FromMilliseconds(waits) - Moment);
        Clock.ArmedTimers.Should().Be(limit < waits ? 1 : 2, "the limit of the close and that of the dispose are two");

        Clock.Advance(Moment);

        await disposing.Guarded();
        await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        transport.IsReleased.Should().BeFalse("somebody may still be at work in it");
        Stream.Release(StreamOperation.Dispose);
    }

    [Fact]
    public async Task Without_CloseTimeout_a_dispose_takes_as_long_as_it_takes()
    {
        Stream.Hold(StreamOperation.Dispose);
        TransportDouble transport = new(Stream);
        PipeConnection connection = Start(transport, Timeout.InfiniteTimeSpan);
        Task disposing = connection.DisposeAsync().AsTask();
        await Stream.GetCalledTask(StreamOperation.Dispose).Guarded();
        Clock.ArmedTimers.Should().Be(0);

        Stream.Release(StreamOperation.Dispose);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_separate_input_stream_is_disposed_at_its_end_and_not_before(bool mustBeQuiet)
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { HasInputOfItsOwn = true, IsQuietlyDisposed = mustBeQuiet };
        PipeConnection connection = Start(transport);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();

        await connection.Input.CompleteAsync().Guarded();

        transport.InputClosed.IsCompleted.Should().BeFalse();
        stream.Eof();
        await transport.InputClosed.Guarded();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task A_read_that_nothing_ends_is_left_behind_where_that_is_known()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { HasInputOfItsOwn = true, LeavesReadsBehind = true, AllowsCanceledReads = false };
        PipeConnection connection = Start(transport);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();

        await connection.DisposeAsync().Guarded();

        await connection.Completion.Guarded();
        transport.IsReleased.Should().BeTrue();
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
    }

    [Fact]
    public async Task A_read_that_must_not_be_cancelled_is_cancelled_only_after_a_dispose_that_does_not_end_it()
    {
        ReadThatStays stream = new();
        PipeConnection connection = StreamConnection.Create(stream, Clock.Options());
        await stream.Reading.Guarded();

        Task disposing = connection.DisposeAsync().AsTask();
        await stream.Disposed.Guarded();
        await Clock.WaitForTimerWithinAsync(Interval).Guarded();

        stream.IsCanceled.Should().BeFalse();
        Clock.Advance(Interval);
        await disposing.Guarded();
        stream.IsCanceled.Should().BeTrue();
        connection.Completion.IsCompletedSuccessfully.Should().BeTrue();
    }

    /// <summary>Its read goes on after its dispose, until it is cancelled.</summary>
    private sealed class ReadThatStays : TestStream
    {
        private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _isCanceled;

        public Task Reading => _reading.Task;

        public Task Disposed => _disposed.Task;

        public bool IsCanceled => _isCanceled;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            TaskCompletionSource<int> canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await using CancellationTokenRegistration registration = cancellationToken.Register(() =>
            {
                _isCanceled = true;
                canceled.TrySetCanceled(cancellationToken);
            });
            _reading.TrySetResult();
            return await canceled.Task;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override ValueTask DisposeAsync()
        {
            GC.SuppressFinalize(this);
            _disposed.TrySetResult();
            return default;
        }
    }

    /// <summary>Up to where the close waits for a read that no token ends.</summary>
    private async Task<Task> BeginToDisposeBesideAReadAsync(TransportDouble transport, ScriptedStream stream)
    {
        PipeConnection connection = Start(transport);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task disposing = connection.DisposeAsync().AsTask();
        await Clock.WaitForTimerWithinAsync(Interval).Guarded();
        return disposing;
    }
}
#endif
