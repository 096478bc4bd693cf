using System.IO.Pipelines;

namespace StreamPipes.Tests.Defects;

/// <summary>What the framework's own <c>AsStream</c> does wrong (defect 21): ours first, then the framework's as the control.</summary>
public sealed class FrameworkStreamTests
{
    private readonly byte[] _buffer = new byte[100];
    private readonly Pipe _pipe = new(new PipeOptions(useSynchronizationContext: false));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_ends_a_pending_read(bool blocking)
    {
        (IDuplexPipe near, _) = DuplexPipe.CreatePair();
        Stream stream = near.AsStream();
        Task<int> read = stream.ReadAsync(_buffer).AsTask();

        if (blocking) stream.Dispose();
        else await stream.DisposeAsync().Guarded();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.Guarded());
    }

    [Fact]
    public async Task Dispose_of_the_frameworks_stream_leaves_a_read_pending_even_when_the_writer_completes()
    {
        Stream stream = _pipe.Reader.AsStream();
        Task<int> read = stream.ReadAsync(_buffer).AsTask();

        await stream.DisposeAsync();
        await _pipe.Writer.CompleteAsync();

        read.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public void CanRead_and_CanWrite_are_false_after_the_dispose()
    {
        (IDuplexPipe near, _) = DuplexPipe.CreatePair();
        Stream stream = near.AsStream();
        stream.CanRead.Should().BeTrue();
        stream.CanWrite.Should().BeTrue();

        stream.Dispose();

        stream.CanRead.Should().BeFalse();
        stream.CanWrite.Should().BeFalse();
    }

    [Fact]
    public void CanRead_and_CanWrite_of_the_frameworks_stream_stay_true_after_the_dispose()
    {
        Stream stream = _pipe.Reader.AsStream();

        stream.Dispose();

        stream.CanRead.Should().BeTrue();
    }

    [Fact]
    public async Task A_write_to_a_pipe_that_no_one_reads_any_more_vanishes_in_the_frameworks_stream()
    {
        Stream stream = _pipe.Writer.AsStream();
        await _pipe.Reader.CompleteAsync();

        await stream.WriteAsync(_buffer).Guarded();
        await stream.FlushAsync().Guarded();
    }

    [Fact]
    public void Argument_errors_name_the_right_parameter()
    {
        (IDuplexPipe near, _) = DuplexPipe.CreatePair();
        using Stream stream = near.AsStream();

        Assert.Throws<ArgumentNullException>("buffer", () => stream.Read(null!, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>("offset", () => stream.Read(_buffer, -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => stream.Read(_buffer, 0, -1));
        Assert.Throws<ArgumentNullException>("buffer", () => stream.Write(null!, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>("offset", () => stream.Write(_buffer, -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => stream.Write(_buffer, 0, -1));
    }

    [Fact]
    public async Task A_burst_of_small_writes_is_not_flushed_one_by_one()
    {
        CountingStream counting = new(new ScriptedStream());
        PipeConnection connection = StreamConnection.Create(counting, new PipeConnectionOptions { Scheduling = PumpScheduling.Inline });
        Stream stream = connection.AsStream();

        // Inline, every flush of the pipe would be a write of the stream at once.
        for (int i = 0; i < 1000; i++) stream.WriteByte(1);
        stream.Flush();

        counting.Writes.Should().BeLessThan(500);
        await stream.DisposeAsync().Guarded();
        counting.WriteSizes.Sum().Should().Be(1000);
    }
}
