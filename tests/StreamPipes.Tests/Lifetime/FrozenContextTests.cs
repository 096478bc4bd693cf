#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>
/// Nothing that the library awaits needs the caller's context: a thread of a user interface that blocks on any of these goes on.
/// </summary>
public sealed class FrozenContextTests : ClosingBench
{
    [Fact]
    public async Task A_dispose_needs_no_context() => await FrozenContext.Run(() => Start(new TransportDouble(Stream)).DisposeAsync().AsTask()).Guarded();

    [Fact]
    public async Task An_abort_that_ends_the_read_from_below_before_the_dispose_needs_no_context()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { IsQuietlyDisposed = true };
        PipeConnection connection = Start(transport);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();

        FrozenContext.Run(() =>
        {
            connection.Abort();
            return connection;
        });

        for (int i = 0; i < 2; i++)
        {
            await Clock.WaitForTimerWithinAsync(Interval).Guarded();
            Clock.Advance(Interval);
        }

        await Thrown.ByAsync(() => connection.Completion.Guarded());
        connection.CloseReason.Should().Be(CloseReason.Aborted);
    }

    [Fact]
    public async Task The_completion_of_the_reader_as_the_last_step_of_a_close_that_lingers_needs_no_context()
    {
        TransportDouble transport = new(Stream) { Lingers = true };
        PipeConnection connection = Start(transport);
        await Stream.GetCalledTask(StreamOperation.Read).Guarded();
        await connection.Output.CompleteAsync().Guarded();

        Task completing = FrozenContext.Run(() => connection.Input.CompleteAsync().AsTask());

        await completing.Guarded();
        await Stream.GetCalledTask(StreamOperation.Read, times: 2).Guarded();
        Stream.Eof();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task The_completion_of_a_reader_whose_stream_is_disposed_after_its_read_needs_no_context()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        TransportDouble transport = new(stream) { HasInputOfItsOwn = true, IsQuietlyDisposed = true };
        PipeConnection connection = Start(transport);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();

        Task completing = FrozenContext.Run(() => connection.Input.CompleteAsync().AsTask());

        stream.Eof();
        await completing.Guarded();
        await transport.InputClosed.Guarded();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task The_completion_of_the_writer_needs_no_context()
    {
        PipeConnection connection = Start(new TransportDouble(Stream.Hold(StreamOperation.Write)));
        connection.Output.Put("bytes"u8);

        Task completing = FrozenContext.Run(() => connection.Output.CompleteAsync().AsTask());

        Stream.Release(StreamOperation.Write);
        await completing.Guarded();
        connection.Abort();
    }

    [Fact]
    public async Task The_completion_of_the_writer_when_the_stream_is_stuck_and_given_up_needs_no_context()
    {
        ScriptedStream stream = new() { IgnoresTokens = true, StaysStuckAfterDispose = true };
        stream.Hold(StreamOperation.Write);
        PipeConnection connection = Start(new TransportDouble(stream));
        connection.Output.Put("bytes"u8);
        Task completing = FrozenContext.Run(() => connection.Output.CompleteAsync().AsTask());
        await stream.GetCalledTask(StreamOperation.Write).Guarded();

        connection.Abort();
        await Clock.AdvanceUntilAsync(completing);

        await Assert.ThrowsAnyAsync<IOException>(() => completing.Guarded());
    }

    [Fact]
    public async Task The_completion_of_a_one_way_connection_needs_no_context()
    {
        ScriptedStream input = new();
        PipeWriter writer = StreamConnection.CreateWriter(Stream.Hold(StreamOperation.Dispose), new PipeConnectionOptions { TimeProvider = Clock });
        PipeReader reader = StreamConnection.CreateReader(input.Hold(StreamOperation.Dispose), new PipeConnectionOptions { TimeProvider = Clock });

        Task writing = FrozenContext.Run(() => writer.CompleteAsync().AsTask());
        Task reading = FrozenContext.Run(() => reader.CompleteAsync().AsTask());

        await Stream.GetCalledTask(StreamOperation.Dispose).Guarded();
        await input.GetCalledTask(StreamOperation.Dispose).Guarded();
        writing.IsCompleted.Should().BeFalse();
        reading.IsCompleted.Should().BeFalse();
        Stream.Release(StreamOperation.Dispose);
        input.Release(StreamOperation.Dispose);
        await writing.Guarded();
        await reading.Guarded();
    }

    [Fact]
    public async Task A_detach_needs_no_context()
    {
        PipeConnection connection = Start(new TransportDouble(Stream.Hold(StreamOperation.Write)));
        await Stream.GetCalledTask(StreamOperation.Read).Guarded();
        connection.Output.Put("bytes"u8);

        Task<DetachedStream> detaching = FrozenContext.Run(() => connection.DetachAsync().AsTask());

        Stream.Release(StreamOperation.Write);
        (await detaching.Guarded()).Stream.Should().BeSameAs(Stream);
    }

    [Fact]
    public async Task A_detach_needs_no_context_although_the_callers_own_flushes_resume_in_theirs()
    {
        TransportDouble transport = new(Stream.Hold(StreamOperation.Write));
        PipeConnection connection = PipeConnection.Over(transport, new PipeConnectionOptions { UseSynchronizationContext = true });
        await Stream.GetCalledTask(StreamOperation.Read).Guarded();
        connection.Output.Put("bytes"u8);

        Task<DetachedStream> detaching = FrozenContext.Run(() => connection.DetachAsync().AsTask());

        Stream.Release(StreamOperation.Write);
        (await detaching.Guarded()).Stream.Should().BeSameAs(Stream);
    }

    [Fact]
    public async Task A_flush_that_waits_for_the_stream_and_a_read_need_no_context()
    {
        PipeConnection connection = Start(new TransportDouble(Stream.Hold(StreamOperation.Write)), flushThrough: true);

        Task<FlushResult> flushing = FrozenContext.Run(() => connection.Output.WriteAsync("bytes"u8.ToArray()).AsTask());
        Task<ReadResult> reading = FrozenContext.Run(() => connection.Input.ReadAsync().AsTask());

        Stream.Read("more").Release(StreamOperation.Write);
        await flushing.Guarded();
        (await reading.Guarded()).Buffer.Length.Should().Be(4);
        connection.Abort();
    }
}
#endif
