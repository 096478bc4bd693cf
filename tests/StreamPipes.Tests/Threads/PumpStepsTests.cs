using System.IO.Pipelines;
using StreamPipes.Buffers;

namespace StreamPipes.Tests.Threads;

/// <summary>The receive pump step by step: what it does between one read and the next, and where it goes on.</summary>
public sealed class PumpStepsTests
{
    private const int Pause = 100;
    private const int Resume = 50;

    private readonly HandedOperations _reads = new();
    private readonly ManualPipeScheduler _pumps = new();
    private readonly ManualPipeScheduler _readers = new();
    private readonly ScriptedStream _stream = new();

    [Theory]
    [InlineData(Pause - 1)]
    [InlineData(Pause)]
    [InlineData(Pause + 1)]
    public async Task The_receive_pump_pauses_from_the_threshold_on(int unread)
    {
        PipeConnection connection = Start();

        (await _reads.NextAsync()).Complete(unread);

        _reads.HasNext.Should().Be(unread < Pause);
        await EndAsync(connection);
    }

    [Fact]
    public async Task Examined_bytes_do_not_count_for_the_pause_threshold()
    {
        PipeConnection connection = Start();
        for (int i = 0; i < 5; i++)
        {
            (await _reads.NextAsync()).Complete(Pause - 1);
            Examine(connection, bytes: Pause - 1);
        }

        _reads.HasNext.Should().BeTrue();
        await EndAsync(connection);
    }

    [Fact]
    public async Task A_paused_receive_pump_resumes_on_its_scheduler_once_less_than_the_resume_threshold_is_unread()
    {
        PipeConnection connection = Start();
        (await _reads.NextAsync()).Complete(Pause);
        Examine(connection, bytes: Pause - Resume);
        _pumps.Count.Should().Be(0);

        Examine(connection, bytes: 1);

        _pumps.Count.Should().Be(1);
        _reads.HasNext.Should().BeFalse();
        _pumps.RunAll();
        _reads.HasNext.Should().BeTrue();
        await EndAsync(connection);
    }

    [Fact]
    public async Task A_receive_pump_that_was_paused_and_resumed_pauses_again()
    {
        PipeConnection connection = Start();
        for (int i = 0; i < 3; i++)
        {
            (await _reads.NextAsync()).Complete(Pause);
            _reads.HasNext.Should().BeFalse();
            Examine(connection, bytes: Pause);
            _pumps.RunAll().Should().Be(1);
        }

        connection.BytesReceived.Should().Be(3 * Pause);
        await EndAsync(connection);
    }

    [Fact]
    public async Task A_paused_receive_pump_discards_once_the_connection_closes()
    {
        PipeConnection connection = Start(lingers: true);
        (await _reads.NextAsync()).Complete(Pause);
        Task disposing = connection.DisposeAsync().AsTask();
        _pumps.RunAll().Should().Be(1);

        (await _reads.NextAsync()).Complete(5 * Pause);
        (await _reads.NextAsync()).Complete(0);

        await disposing.Guarded();
        await connection.Completion.Guarded();
        connection.BytesReceived.Should().Be(Pause);
    }

    [Fact]
    public async Task Of_two_streams_the_rest_of_the_input_is_discarded_although_the_receive_pump_was_paused()
    {
        PipeConnection connection = Start(lingers: true, separateInput: true);
        (await _reads.NextAsync()).Complete(Pause);

        connection.Input.Complete();

        _pumps.RunAll().Should().Be(1, "the program behind both streams may not read before it has written everything");
        (await _reads.NextAsync()).Complete(5 * Pause);
        _reads.HasNext.Should().BeTrue();
        await EndAsync(connection);
    }

    [Fact]
    public async Task A_reader_is_woken_where_its_scheduler_says()
    {
        PipeConnection connection = Start();
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();

        (await _reads.NextAsync()).Complete(1);

        read.IsCompleted.Should().BeFalse();
        _readers.RunAll().Should().Be(1);
        connection.Input.AdvanceTo((await read.Guarded()).Buffer.End);
        await EndAsync(connection);
    }

    [Fact]
    public async Task A_stream_that_says_it_read_more_than_fits_is_a_fault_that_names_both_sizes()
    {
        PipeConnection connection = Start();
        HandedOperation read = await _reads.NextAsync();

        read.Complete(read.Length + 1);

        (await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Completion.Guarded())).Message.Should().Contain($"{read.Length + 1}").And.Contain($"{read.Length}.");
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
    }

    [Fact]
    public async Task An_empty_read_follows_every_read_that_did_not_fill_its_buffer()
    {
        PipeConnection connection = Start(emptyReads: true);
        HandedOperation first = await _reads.NextAsync();
        first.Length.Should().Be(0);
        first.Complete();
        HandedOperation second = await _reads.NextAsync();
        second.Length.Should().BePositive();
        second.Complete(second.Length);
        Examine(connection, second.Length);
        _pumps.RunAll();
        HandedOperation third = await _reads.NextAsync();
        third.Length.Should().BePositive("the buffer was filled, so that there is more");
        third.Complete(1);

        (await _reads.NextAsync()).Length.Should().Be(0);

        await EndAsync(connection);
    }

    [Fact]
    public async Task An_empty_read_follows_every_read_where_one_that_waits_in_vain_with_a_block_could_not_be_interrupted()
    {
        PipeConnection connection = Start(emptyReads: true, allowsCanceledReads: false);
        (await _reads.NextAsync()).Complete();
        HandedOperation read = await _reads.NextAsync();
        read.Complete(read.Length);
        Examine(connection, read.Length);
        _pumps.RunAll();

        HandedOperation next = await _reads.NextAsync();

        next.Length.Should().Be(0, "although the buffer was filled");
        await EndAsync(connection, next);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_detach_ends_a_paused_receive_pump_and_takes_what_is_unread_along(bool allowsCanceledReads)
    {
        PipeConnection connection = Start(allowsCanceledReads: allowsCanceledReads);
        (await _reads.NextAsync()).Complete(Pause);
        Task<DetachedStream> detaching = connection.DetachAsync().AsTask();

        await _pumps.Scheduled.Guarded();
        _pumps.RunAll();

        (await detaching.Guarded()).UnreadBytes.Should().Be(Pause);
        _reads.HasNext.Should().BeFalse();
    }

    [Fact]
    public async Task Reads_that_fill_their_buffer_get_larger_ones()
    {
        PipeConnection connection = Start();
        int total = 0;
        int longest = 0;
        for (int i = 0; i < 20; i++)
        {
            HandedOperation read = await _reads.NextAsync();
            longest = Math.Max(longest, read.Length);
            total += read.Length;
            read.Complete(read.Length);
            Examine(connection, read.Length);
            _pumps.RunAll();
        }

        connection.BytesReceived.Should().Be(total);
        longest.Should().BeGreaterThanOrEqualTo(BlockPool.BlockSize / 2);
        await EndAsync(connection);
    }

    private static void Examine(PipeConnection connection, int bytes)
    {
        connection.Input.TryRead(out ReadResult result).Should().BeTrue();
        connection.Input.AdvanceTo(result.Buffer.GetPosition(bytes));
    }

    private PipeConnection Start(bool lingers = false, bool emptyReads = false, bool allowsCanceledReads = true, bool separateInput = false)
    {
        PipeOptions pipe = new(readerScheduler: _readers, writerScheduler: _pumps, pauseWriterThreshold: Pause, resumeWriterThreshold: Resume, useSynchronizationContext: false);
        TransportDouble transport = new(_stream) { Reads = _reads, Lingers = lingers, HasEmptyReads = emptyReads, AllowsCanceledReads = allowsCanceledReads, HasInputOfItsOwn = separateInput };
        return PipeConnection.Over(transport, new PipeConnectionOptions { ReceivePipeOptions = pipe });
    }

    /// <summary>With a read pending or paused.</summary>
    private async Task EndAsync(PipeConnection connection, HandedOperation? pending = null)
    {
        connection.Abort();
        _pumps.RunAll();
        pending?.Complete();
        await Thrown.ByAsync(() => connection.Completion.Guarded());
        connection.CloseReason.Should().Be(CloseReason.Aborted);
    }
}
