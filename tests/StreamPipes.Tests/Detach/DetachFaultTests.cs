#if !LIBRARY_NETSTANDARD
using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Detach;

/// <summary>What can go wrong while a connection is being detached.</summary>
public sealed class DetachFaultTests
{
    [Fact]
    public async Task Two_one_way_streams_have_no_stream_to_hand_back()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream(), new ScriptedStream());

        await Assert.ThrowsAsync<NotSupportedException>(() => connection.DetachAsync().Guarded());

        connection.CloseReason.Should().Be(CloseReason.None);
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task A_write_that_fails_during_a_detach_is_thrown_by_it()
    {
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("bytes"u8);
        Task<DetachedStream> detaching = connection.DetachAsync().AsTask();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();
        IOException error = new("the cable is out");

        stream.Fail(StreamOperation.Write, error).Release(StreamOperation.Write);

        (await Assert.ThrowsAsync<IOException>(() => detaching.Guarded())).Should().BeSameAs(error);
        stream.Eof();
        (await Assert.ThrowsAsync<IOException>(() => connection.Completion.Guarded())).Should().BeSameAs(error);
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
        await stream.Disposed.Guarded();
    }

    [Fact]
    public async Task A_flush_cancelled_before_a_detach_does_not_cut_the_drain_short()
    {
        ManualTimeProvider clock = new();
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream, Bearing(clock));
        connection.Output.Put("bytes"u8);
        connection.Output.CancelPendingFlush();
        Task<DetachedStream> detaching = connection.DetachAsync().AsTask();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();

        clock.ArmedTimers.Should().Be(0, "only its token limits the drain");
        detaching.IsCompleted.Should().BeFalse();
        stream.Release(StreamOperation.Write);

        (await detaching.Guarded()).Stream.Should().BeSameAs(stream);
        stream.FlushedBytes.Should().Be(5);
    }

    [Fact]
    public async Task A_transport_that_will_not_part_ends_the_connection_with_its_error()
    {
        IOException error = new("it will not part");
        ScriptedStream stream = new();
        TransportDouble transport = new(stream) { DetachError = error };
        PipeConnection connection = PipeConnection.Over(transport, PipeConnectionOptions.Default);

        (await Thrown.ByAsync(() => connection.DetachAsync().Guarded())).Should().BeSameAs(error);

        (await Thrown.ByAsync(() => connection.Completion.Guarded())).Should().BeSameAs(error);
        connection.CloseReason.Should().Be(CloseReason.Aborted);
        await stream.Disposed.Guarded();
        transport.IsReleased.Should().BeTrue();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task A_read_that_fails_during_a_detach_is_thrown_by_it()
    {
        Gate gate = new();
        IOException error = new("the cable is out");
        ScriptedStream stream = new ScriptedStream().Wait(gate).ReadError(error).Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("bytes"u8);
        Task<DetachedStream> detaching = connection.DetachAsync().AsTask();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();

        gate.Release();

        (await Assert.ThrowsAsync<IOException>(() => detaching.Guarded())).Should().BeSameAs(error);
        (await Assert.ThrowsAsync<IOException>(() => connection.Completion.Guarded())).Should().BeSameAs(error);
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
        await stream.Disposed.Guarded();
    }

    [Fact]
    public async Task A_detach_gives_up_a_stream_that_should_bear_a_cancelled_read_and_ignores_its_token_after_CloseTimeout()
    {
        ManualTimeProvider clock = new();
        ScriptedStream stream = new() { IgnoresTokens = true };
        PipeConnection connection = StreamConnection.Create(stream, Bearing(clock));
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task<DetachedStream> detaching = connection.DetachAsync().AsTask();

        await clock.WaitForTimersAsync(1).Guarded();
        clock.Advance(Clockwork.CloseTimeout);

        TimeoutException timeout = await Assert.ThrowsAsync<TimeoutException>(() => detaching.Guarded());
        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded())).Should().BeSameAs(timeout);
        connection.CloseReason.Should().Be(CloseReason.TimedOut);
        stream.IsDisposed.Should().BeTrue();
        clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task An_abort_during_a_detach_is_thrown_at_once()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { SurvivesCanceledReads = true });
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task<DetachedStream> detaching = connection.DetachAsync().AsTask();
        InvalidDataException reason = new("enough");

        connection.Abort(reason);

        (await Assert.ThrowsAsync<InvalidDataException>(() => detaching.Guarded())).Should().BeSameAs(reason);
        await stream.Disposed.Guarded();
        connection.CloseReason.Should().Be(CloseReason.Aborted);
    }

    [Fact]
    public async Task A_detach_ends_with_the_connection_although_the_stream_does_not_let_go()
    {
        ManualTimeProvider clock = new();
        await using StuckStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream, Bearing(clock));
        InvalidDataException reason = new("enough");

        // In the token of the read, and so before the detach waits for its end.
        stream.OnCanceled = () =>
        {
            connection.Abort(reason);
            Blocking.Wait(clock.AdvanceUntilAsync(connection.Completion));
        };
        await stream.ReadBegun.Guarded();

        (await Assert.ThrowsAsync<InvalidDataException>(() => connection.DetachAsync().Guarded())).Should().BeSameAs(reason);

        connection.CloseReason.Should().Be(CloseReason.Aborted);
        clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_dispose_during_a_detach_wins_and_closes_the_stream()
    {
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("bytes"u8);
        Task<DetachedStream> detaching = connection.DetachAsync().AsTask();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();

        Task disposing = connection.DisposeAsync().AsTask();
        stream.Release(StreamOperation.Write);

        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => detaching.Guarded());
        await disposing.Guarded();
        stream.IsDisposed.Should().BeTrue();
        stream.Written.Should().Equal("bytes"u8.ToArray());
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
    }

    [Fact]
    public async Task A_dispose_while_the_pumps_are_being_stopped_wins_and_closes_the_stream()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { SurvivesCanceledReads = true });
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task<DetachedStream> detaching = connection.DetachAsync().AsTask();
        Task disposing = connection.DisposeAsync().AsTask();

        _ = stream.Read("too late");

        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => detaching.Guarded());
        await disposing.Guarded();
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_detach_waits_for_a_flush_of_the_stream()
    {
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Flush);
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { SurvivesCanceledReads = true });
        connection.Output.Put("bytes"u8);
        Task<DetachedStream> detaching = connection.DetachAsync().AsTask();
        await stream.GetCalledTask(StreamOperation.Flush).Guarded();
        detaching.IsCompleted.Should().BeFalse();

        stream.Release(StreamOperation.Flush);

        (await detaching.Guarded()).Stream.Should().BeSameAs(stream);
        stream.FlushedBytes.Should().Be(5);
        stream.IsDisposed.Should().BeFalse();
    }

    [Fact]
    public async Task A_detach_leaves_no_timer_and_no_read_behind()
    {
        ManualTimeProvider clock = new();
        ScriptedStream stream = new ScriptedStream().Read("unread");
        PipeConnectionOptions options = new() { SurvivesCanceledReads = true, TimeProvider = clock, IdleTimeout = TimeSpan.FromMinutes(1), WriteTimeout = TimeSpan.FromMinutes(1) };
        PipeConnection connection = StreamConnection.Create(stream, options);
        await stream.GetCalledTask(StreamOperation.Read, times: 2).Guarded();

        DetachedStream detached = await connection.DetachAsync().Guarded();

        clock.ArmedTimers.Should().Be(0);
        int reads = stream.Calls(StreamOperation.Read);
        _ = stream.Read(", later");
        byte[] got = new byte[13];
        await detached.Stream.ReadExactlyAsync(got).Guarded();
        got.Should().Equal("unread, later"u8.ToArray());
        stream.Calls(StreamOperation.Read).Should().Be(reads + 1);
    }

    [Theory]
    [InlineData("what the read brings", "what the read brings")]
    [InlineData(null, "")]
    public async Task A_read_that_must_not_be_cancelled_is_handed_over_with_the_stream(string? late, string expected)
    {
        ScriptedStream stream = new ScriptedStream().Read("unread, ");
        PipeConnection connection = StreamConnection.Create(stream);
        await stream.GetCalledTask(StreamOperation.Read, times: 2).Guarded();

        DetachedStream detached = await connection.DetachAsync().Guarded();

        detached.UnreadBytes.Should().Be(8);
        await connection.Completion.Guarded();
        _ = late is null ? stream.Eof() : stream.Read(late).Eof();
        (await new StreamReader(detached.Stream).ReadToEndAsync().Guarded()).Should().Be("unread, " + expected);
        stream.IsDisposed.Should().BeFalse();
    }

    [Fact]
    public async Task A_read_that_was_handed_over_can_be_given_up_and_brings_its_bytes_to_the_next()
    {
        ScriptedStream stream = new();
        DetachedStream detached = await DetachBesideAReadAsync(stream);
        using CancellationTokenSource source = new();
        Task<int> given = detached.Stream.ReadAsync(new byte[10], source.Token).AsTask();

        await source.CancelAsync();

        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.Guarded())).CancellationToken.Should().Be(source.Token);
        _ = stream.Read("later");
        byte[] buffer = new byte[10];
        (await detached.Stream.ReadAsync(buffer).Guarded()).Should().Be(5);
        stream.Calls(StreamOperation.Read).Should().Be(1);
    }

    [Fact]
    public async Task The_fault_of_a_read_that_was_handed_over_is_thrown_by_the_stream()
    {
        ScriptedStream stream = new();
        DetachedStream detached = await DetachBesideAReadAsync(stream);
        IOException error = new("the cable is out");

        stream.ReadError(error);

        (await Thrown.ByAsync(() => detached.Stream.ReadAsync(new byte[10]).Guarded())).Should().BeSameAs(error);
    }

    [Fact]
    public async Task The_dispose_of_a_stream_ends_the_read_that_was_handed_over_with_it()
    {
        ScriptedStream stream = new();
        DetachedStream detached = await DetachBesideAReadAsync(stream);
        Task<int> reading = detached.Stream.ReadAsync(new byte[10]).AsTask();

        await detached.Stream.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => reading.Guarded());
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task The_dispose_of_a_stream_cancels_the_read_that_was_handed_over_where_the_stream_leaves_it_pending()
    {
        ScriptedStream stream = new() { StaysStuckAfterDispose = true };
        DetachedStream detached = await DetachBesideAReadAsync(stream);
        Task<int> reading = detached.Stream.ReadAsync(new byte[10]).AsTask();

        await detached.Stream.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Guarded());
    }

    [Theory]
    [InlineData("later", "later")]
    [InlineData(null, "")]
    public async Task An_empty_read_that_was_handed_over_takes_nothing_from_the_stream_and_does_not_tell_its_end(string? late, string expected)
    {
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { UseZeroByteReads = true });
        await stream.GetCalledTask(StreamOperation.ZeroByteRead).Guarded();

        DetachedStream detached = await connection.DetachAsync().Guarded();

        detached.UnreadBytes.Should().Be(0);
        stream.Calls(StreamOperation.Read).Should().Be(0);
        _ = late is null ? stream.Eof() : stream.Read(late).Eof();
        (await new StreamReader(detached.Stream).ReadToEndAsync().Guarded()).Should().Be(expected);
        stream.Calls(StreamOperation.ZeroByteRead).Should().Be(1);
    }

    [Fact]
    public async Task A_read_that_was_handed_over_brings_bytes_of_the_callers_own()
    {
        ScriptedStream stream = new();
        ReturnWatch pool = new();
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { ReceivePipeOptions = new PipeOptions(pool, useSynchronizationContext: false), ClearBuffers = true });
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        DetachedStream detached = await connection.DetachAsync().Guarded();

        _ = stream.Read("what the read brings");
        await pool.FirstReturned.Guarded();

        byte[] got = new byte[20];
        await detached.Stream.ReadExactlyAsync(got).AsTask().Guarded();
        got.Should().Equal("what the read brings"u8.ToArray(), "the block, which is cleared, has gone back to its pool");
    }

    private static async Task<DetachedStream> DetachBesideAReadAsync(ScriptedStream stream)
    {
        PipeConnection connection = StreamConnection.Create(stream);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        return await connection.DetachAsync().Guarded();
    }

    private static PipeConnectionOptions Bearing(ManualTimeProvider clock) =>
        new() { TimeProvider = clock, CloseTimeout = Clockwork.CloseTimeout, SurvivesCanceledReads = true };

    /// <summary>A pool that tells when its first block has come back.</summary>
    private sealed class ReturnWatch : MemoryPool<byte>
    {
        private readonly CountingMemoryPool _inner = new();
        private readonly TaskCompletionSource _firstReturned = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task FirstReturned => _firstReturned.Task;

        public override int MaxBufferSize => _inner.MaxBufferSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block(_inner.Rent(minBufferSize), _firstReturned);

        protected override void Dispose(bool disposing) => _inner.Dispose();

        private sealed class Block(IMemoryOwner<byte> inner, TaskCompletionSource returned) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory => inner.Memory;

            public void Dispose()
            {
                inner.Dispose();
                returned.TrySetResult();
            }
        }
    }
}
#endif
