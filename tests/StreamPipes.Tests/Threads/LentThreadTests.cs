using System.IO.Pipelines;

namespace StreamPipes.Tests.Threads;

/// <summary>
/// Over a transport that never blocks, a caller that would have to wait does the work itself: what it waits for does not depend on when the thread pool gets to
/// it. Over one that may block, no caller's thread is lent.
/// </summary>
public sealed class LentThreadTests
{
    private const int Pause = 100;
    private const int Write = 4096;

    private readonly HandedOperations _reads = new();
    private readonly HandedOperations _writes = new();
    private readonly ScriptedStream _stream = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_caller_that_looks_for_bytes_reads_the_stream_itself(bool lendsThreads) => InAHeldPoolAsync(lendsThreads, (connection, _) =>
    {
        connection.Input.TryRead(out ReadResult _).Should().BeFalse();

        _reads.HasNext.Should().Be(lendsThreads);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_caller_that_waits_for_bytes_reads_the_stream_itself(bool lendsThreads) => InAHeldPoolAsync(lendsThreads, (connection, _) =>
    {
        connection.Input.ReadAsync().AsTask().IsCompleted.Should().BeFalse();

        _reads.HasNext.Should().Be(lendsThreads);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_caller_that_waits_for_an_answer_sends_its_question_itself(bool lendsThreads) => InAHeldPoolAsync(lendsThreads, (connection, _) =>
    {
        connection.Output.WriteAsync(new byte[1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();
        _writes.HasNext.Should().BeFalse("the writer has not said that it waits");

        connection.Input.ReadAsync().AsTask().IsCompleted.Should().BeFalse();

        _writes.HasNext.Should().Be(lendsThreads);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_caller_that_waits_until_everything_is_sent_sends_it_itself(bool lendsThreads) => InAHeldPoolAsync(lendsThreads, (connection, _) =>
    {
        connection.Output.WriteAsync(new byte[1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        connection.Output.CompleteAsync().AsTask().IsCompleted.Should().BeFalse();

        _writes.HasNext.Should().Be(lendsThreads);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_caller_that_disposes_the_connection_sends_what_is_left_itself(bool lendsThreads) => InAHeldPoolAsync(lendsThreads, (connection, _) =>
    {
        connection.Output.WriteAsync(new byte[1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        connection.DisposeAsync().AsTask().IsCompleted.Should().BeFalse();

        _writes.HasNext.Should().Be(lendsThreads);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_caller_that_detaches_the_stream_sends_what_is_left_itself(bool lendsThreads) => InAHeldPoolAsync(lendsThreads, (connection, _) =>
    {
        connection.Output.Put(new byte[1]);

        connection.DetachAsync().AsTask().IsCompleted.Should().BeFalse();

        _writes.HasNext.Should().Be(lendsThreads);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_caller_that_flushes_through_to_the_stream_sends_its_bytes_itself(bool lendsThreads) => InAHeldPoolAsync(
        lendsThreads,
        (connection, _) =>
        {
            connection.Output.WriteAsync(new byte[1]).AsTask().IsCompleted.Should().BeFalse();

            _writes.HasNext.Should().Be(lendsThreads);
        },
        new PipeConnectionOptions { FlushThrough = true });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_caller_whose_flush_fills_a_write_writes_it_itself(bool lendsThreads) => InAHeldPoolAsync(
        lendsThreads,
        (connection, _) =>
        {
            connection.Output.WriteAsync(new byte[Write - 1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();
            _writes.HasNext.Should().BeFalse("more may come");

            connection.Output.WriteAsync(new byte[1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();

            _writes.HasNext.Should().Be(lendsThreads);
        },
        new PipeConnectionOptions { MaximumWriteSize = Write });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_caller_whose_flush_would_wait_for_room_writes_itself(bool lendsThreads) => InAHeldPoolAsync(
        lendsThreads,
        (connection, _) =>
        {
            connection.Output.WriteAsync(new byte[Pause]).AsTask().IsCompleted.Should().BeFalse();

            _writes.HasNext.Should().Be(lendsThreads);
        },
        new PipeConnectionOptions { SendPipeOptions = new PipeOptions(pauseWriterThreshold: Pause, resumeWriterThreshold: Pause, useSynchronizationContext: false) });

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 4)]
    [InlineData(false, 4)]
    public Task A_caller_whose_flush_fills_several_writes_writes_them_all(bool lendsThreads, int writes) => Task.Run(() =>
    {
        using HeldPool pool = new();
        TransportDouble transport = new(_stream) { LendsThreads = lendsThreads };
        PipeConnection connection = PipeConnection.Over(transport, new PipeConnectionOptions { MaximumWriteSize = Write });

        connection.Output.WriteAsync(new byte[writes * Write]).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        _stream.Written.Should().HaveCount(lendsThreads ? writes * Write : 0);
        connection.Abort();
    });

    [Fact]
    public Task A_caller_whose_flush_fills_very_many_writes_gets_its_thread_back_before_all_are_written() => Task.Run(() =>
    {
        const int Loan = 128 * 1024;
        using HeldPool pool = new();
        TransportDouble transport = new(_stream) { LendsThreads = true };
        PipeConnection connection = PipeConnection.Over(transport, new PipeConnectionOptions { MaximumWriteSize = Write, SendPipeOptions = Endless() });

        connection.Output.WriteAsync(new byte[Loan + (3 * Write)]).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        _stream.Written.Should().HaveCount(Loan);
        pool.RunAll();
        _stream.Written.Should().HaveCount(Loan + (3 * Write));
        connection.Abort();
    });

    [Fact]
    public Task A_caller_who_takes_the_turn_of_another_writes_all_that_it_has_sent_itself() => Task.Run(() =>
    {
        using HeldPool pool = new();
        PipeConnection? connection = null;
        bool isFirst = true;
        TransportDouble transport = new(_stream) { LendsThreads = true, OnWrite = SendMore };
        connection = PipeConnection.Over(transport, new PipeConnectionOptions { MaximumWriteSize = Write, SendPipeOptions = Endless() });
        connection.Output.WriteAsync(new byte[1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();
        _ = connection.Input.ReadAsync().AsTask();
        _stream.Written.Should().HaveCount(1, "what is sent while a reader's thread writes is not its own");

        connection.Output.WriteAsync(new byte[1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        _stream.Written.Should().HaveCount(1 + (3 * Write) + 1);
        connection.Abort();

        void SendMore()
        {
            if (!isFirst) return;
            isFirst = false;
            connection!.Output.WriteAsync(new byte[3 * Write]).AsTask().IsCompletedSuccessfully.Should().BeTrue();
        }
    });

    [Fact]
    public Task A_writer_over_a_pipe_keeps_its_thread_since_a_reader_may_run_below_the_write() => Task.Run(() =>
    {
        using HeldPool pool = new();
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        PipeConnection connection = StreamConnection.Create(near.AsStream(), new PipeConnectionOptions { MaximumWriteSize = Write });

        connection.Output.WriteAsync(new byte[Write]).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        far.Input.TryRead(out ReadResult _).Should().BeFalse();
        connection.Abort();
    });

    [Fact]
    public Task A_relay_gives_back_what_it_has_copied_before_its_thread_writes_it() => Task.Run(() =>
    {
        using HeldPool pool = new();
        using CountingMemoryPool memory = new(Write);
        long? returned = null;
        TransportDouble transport = new(_stream) { LendsThreads = true, OnWrite = () => returned ??= memory.Returned };
        PipeConnection destination = PipeConnection.Over(transport, new PipeConnectionOptions { MaximumWriteSize = Write });
        PipeOptions received = new(memory, minimumSegmentSize: Write, useSynchronizationContext: false);
        PipeConnection source = PipeConnection.Over(new TransportDouble(new ScriptedStream().Read(new byte[Write])) { LendsThreads = true }, new PipeConnectionOptions { ReceivePipeOptions = received });

        _ = source.RelayAsync(destination);

        returned.Should().Be(1, "the source reads on while its thread writes");
        _stream.Written.Should().HaveCount(Write);
        source.Abort();
        destination.Abort();
    });

    [Fact]
    public Task The_writer_of_a_stream_that_is_not_read_keeps_its_thread() => Task.Run(() =>
    {
        using HeldPool pool = new();
        PipeWriter writer = StreamConnection.CreateWriter(_stream);

        writer.WriteAsync(new byte[1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        _stream.Calls(StreamOperation.Write).Should().Be(0, "no answer is waited for, and the stream may block");
        pool.RunAll();
        _stream.Calls(StreamOperation.Write).Should().Be(1);
        writer.Complete();
    });

    [Fact]
    public Task A_reader_that_makes_room_and_waits_resumes_a_paused_pump_itself() => InAHeldPoolAsync(
        lendsThreads: true,
        (connection, _) =>
        {
            connection.Input.TryRead(out ReadResult result).Should().BeFalse();
            NextOf(_reads).Complete(Pause);
            _reads.HasNext.Should().BeFalse("the pump pauses");
            connection.Input.TryRead(out result).Should().BeTrue();
            connection.Input.AdvanceTo(result.Buffer.End);
            _reads.HasNext.Should().BeFalse("the pool has not got to it");

            connection.Input.ReadAsync().AsTask().IsCompleted.Should().BeFalse();

            _reads.HasNext.Should().BeTrue();
        },
        Narrow());

    [Fact]
    public Task A_reader_is_resumed_by_the_bytes_that_make_the_pump_pause() => InAHeldPoolAsync(
        lendsThreads: true,
        (connection, pool) =>
        {
            ValueTask<ReadResult> read = connection.Input.ReadAsync();

            NextOf(_reads).Complete(Pause);
            pool.RunAll();

            _reads.HasNext.Should().BeFalse("the pump pauses");
            read.IsCompletedSuccessfully.Should().BeTrue();
        },
        Narrow());

    [Fact]
    public Task The_next_read_of_the_stream_is_issued_before_the_reader_gets_to_work() => InAHeldPoolAsync(lendsThreads: true, (connection, _) =>
    {
        bool? wasReadAhead = null;
        ValueTask<ReadResult> read = connection.Input.ReadAsync();
        read.GetAwaiter().UnsafeOnCompleted(() => wasReadAhead = _reads.HasNext);

        NextOf(_reads).Complete(1);

        wasReadAhead.Should().BeTrue("the reader was resumed on this thread, and the stream is read meanwhile");
    });

    private static PipeOptions Endless() => new(pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false);

    private static PipeConnectionOptions Narrow() =>
        new() { ReceivePipeOptions = new PipeOptions(pauseWriterThreshold: Pause, resumeWriterThreshold: Pause, useSynchronizationContext: false) };

    private static HandedOperation NextOf(HandedOperations operations) => Blocking.WaitGuarded(operations.NextAsync());

    /// <summary>On a thread without a context, and with the pool at rest until the act is over.</summary>
    private Task InAHeldPoolAsync(bool lendsThreads, Action<PipeConnection, HeldPool> act, PipeConnectionOptions? options = null) => Task.Run(() =>
    {
        TransportDouble transport = new(_stream) { Reads = _reads, Writes = _writes, LendsThreads = lendsThreads };
        using HeldPool pool = new();
        PipeConnection connection = PipeConnection.Over(transport, options ?? new PipeConnectionOptions());

        act(connection, pool);

        connection.Abort();
    });
}
