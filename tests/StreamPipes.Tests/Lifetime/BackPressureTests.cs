using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>The thresholds of the pipes, to the byte, and how much one write takes.</summary>
public sealed class BackPressureTests
{
    private const int Pause = 100;
    private const int Resume = 50;
    private static readonly PipeOptions Pipe = new(pauseWriterThreshold: Pause, resumeWriterThreshold: Resume, useSynchronizationContext: false);

    private readonly ScriptedStream _stream = new();

    [Theory]
    [InlineData(Pause - 1)]
    [InlineData(Pause)]
    public async Task A_flush_waits_from_the_pause_threshold_on_whatever_was_sent_before(int unsent)
    {
        await using PipeConnection connection = StreamConnection.Create(_stream, new PipeConnectionOptions { SendPipeOptions = Pipe });
        await connection.Output.WriteAsync(new byte[3 * Pause]).Guarded();
        _stream.Hold(StreamOperation.Write);

        ValueTask<FlushResult> flush = connection.Output.WriteAsync(new byte[unsent]);

        flush.IsCompleted.Should().Be(unsent < Pause);
        _stream.Release(StreamOperation.Write);
        await flush.Guarded();
        connection.Abort();
    }

    [Fact]
    public async Task Without_a_pause_threshold_no_flush_waits_however_much_is_unsent()
    {
        PipeOptions endless = new(pauseWriterThreshold: 0, useSynchronizationContext: false);
        await using PipeConnection connection = StreamConnection.Create(_stream.Hold(StreamOperation.Write), new PipeConnectionOptions { SendPipeOptions = endless });

        for (int i = 0; i < 100; i++) connection.Output.WriteAsync(new byte[4096]).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        _stream.Release(StreamOperation.Write);
        await connection.Output.CompleteAsync().Guarded();
        connection.BytesSent.Should().Be(100 * 4096);
        connection.Abort();
    }

    [Theory]
    [InlineData(Pause - Resume)]
    [InlineData(Pause - Resume + 1)]
    public async Task A_waiting_flush_goes_on_once_less_than_the_resume_threshold_is_unsent(int sent)
    {
        ManualPipeScheduler writers = new();
        PipeOptions pipe = new(writerScheduler: writers, pauseWriterThreshold: Pause, resumeWriterThreshold: Resume, useSynchronizationContext: false);
        await using PipeConnection connection = StreamConnection.Create(_stream.Hold(StreamOperation.Write), new PipeConnectionOptions { SendPipeOptions = pipe });
        await connection.Output.WriteAsync(new byte[sent]).Guarded();
        await _stream.GetCalledTask(StreamOperation.Write).Guarded();
        Task flush = connection.Output.WriteAsync(new byte[Pause - sent]).AsTask();
        flush.IsCompleted.Should().BeFalse();

        _stream.Release(StreamOperation.Write);
        _stream.Hold(StreamOperation.Write);
        await _stream.GetCalledTask(StreamOperation.Write, times: 2).Guarded();

        writers.Count.Should().Be(sent > Pause - Resume ? 1 : 0);
        _stream.Release(StreamOperation.Write);
        await writers.Scheduled.Guarded();
        writers.RunAll().Should().Be(1);
        await flush.Guarded();
        connection.Abort();
    }

    [Theory]
    [InlineData(Pause - 1, 2)]
    [InlineData(Pause, 1)]
    public async Task The_stream_is_read_ahead_up_to_the_pause_threshold(int unread, int reads)
    {
        _ = _stream.Read(new byte[unread]).Read(new byte[1]).Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(_stream, new PipeConnectionOptions { ReceivePipeOptions = Pipe });
        ReadResult result = await connection.Input.ReadAsync().Guarded();
        connection.Input.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
        await _stream.GetCalledTask(StreamOperation.Read, reads).Guarded();

        // Whoever reads on is at it by the time that another thread has been at work.
        await connection.Output.WriteAsync(new byte[1]).Guarded();
        await _stream.GetCalledTask(StreamOperation.Write).Guarded();
        connection.Abort();
        await connection.DisposeAsync().Guarded();

        _stream.Calls(StreamOperation.Read).Should().Be(reads);
    }

    [Fact]
    public async Task A_pipe_without_a_pause_threshold_reads_ahead_without_end()
    {
        PipeOptions endless = new(pauseWriterThreshold: 0, useSynchronizationContext: false);
        for (int i = 0; i < 100; i++) _ = _stream.Read(new byte[4096]);
        await using PipeConnection connection = StreamConnection.Create(_stream, new PipeConnectionOptions { ReceivePipeOptions = endless });

        await _stream.GetCalledTask(StreamOperation.Read, times: 101).Guarded();

        connection.BytesReceived.Should().Be(100 * 4096);
        connection.Abort();
    }

    [Fact]
    public async Task A_reader_who_waits_for_more_than_the_pause_threshold_gets_it()
    {
        for (int i = 0; i < 4; i++) _ = _stream.Read(new byte[Pause]);
        await using PipeConnection connection = StreamConnection.Create(_stream, new PipeConnectionOptions { ReceivePipeOptions = Pipe });

        ReadResult result = await connection.Input.ReadAtLeastAsync(4 * Pause).Guarded();

        result.Buffer.Length.Should().Be(4 * Pause);
        connection.Input.AdvanceTo(result.Buffer.End);
        connection.Abort();
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public async Task Small_pieces_are_joined_up_to_the_size_of_a_write_but_whoever_waits_for_the_stream_gets_one_write(bool flushThrough, int writes)
    {
        TransportDouble transport = new(_stream.Hold(StreamOperation.Write));
        PipeConnection connection = PipeConnection.Over(transport, new PipeConnectionOptions { FlushThrough = flushThrough, SendPipeOptions = new PipeOptions(minimumSegmentSize: 512) });

        // The pump is at work on the first byte, so that the rest is there when it looks again.
        connection.Output.Put(new byte[1]);
        Task first = connection.Output.FlushAsync().AsTask();
        await _stream.GetCalledTask(StreamOperation.Write).Guarded();
        if (!flushThrough) await first.Guarded();
        for (int i = 0; i < 24; i++) connection.Output.Put(new byte[512]);
        connection.Output.Complete();
        _stream.Release(StreamOperation.Write);
        await connection.Output.CompleteAsync().Guarded();

        _stream.WriteSizes.Should().HaveCount(1 + writes);
        _stream.Written.Should().HaveCount(1 + (24 * 512));
        connection.Abort();
        await Thrown.ByAsync(() => first.Guarded());
    }
}
