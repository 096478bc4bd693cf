using System.IO.Compression;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary><c>CreateReader</c> and <c>CreateWriter</c>: one direction, and the stream goes with it.</summary>
public sealed class OneWayTests
{
    private readonly InvalidDataException _fault = new("the stream broke");
    private readonly ScriptedStream _stream = new();

    [Fact]
    public async Task A_reader_delivers_everything_and_lets_the_stream_go_at_its_end()
    {
        PipeReader reader = StreamConnection.CreateReader(_stream.Read("by").Read("tes").Eof());

        (await reader.ReadTextAsync(5)).Should().Be("bytes");
        await reader.ShouldEndAsync();
        await reader.ShouldEndAsync();

        await _stream.Disposed.Guarded();
        await reader.CompleteAsync().Guarded();
    }

    [Fact]
    public async Task A_reader_that_is_completed_early_returns_when_the_stream_has_been_let_go()
    {
        PipeReader reader = StreamConnection.CreateReader(_stream.Hold(StreamOperation.Dispose));
        await _stream.GetCalledTask(StreamOperation.Read).Guarded();

        Task completing = reader.CompleteAsync().AsTask();
        await _stream.GetCalledTask(StreamOperation.Dispose).Guarded();
        completing.IsCompleted.Should().BeFalse();
        _stream.Release(StreamOperation.Dispose);

        await completing.Guarded();
    }

    [Fact]
    public async Task A_reader_throws_the_streams_own_exception_after_every_byte()
    {
        PipeReader reader = StreamConnection.CreateReader(_stream.Read("bytes").ReadError(_fault));
        await _stream.Disposed.Guarded();

        (await reader.ReadTextAsync(5)).Should().Be("bytes");
        await reader.ReadAsync().ShouldThrowAsync(_fault);
        await reader.CompleteAsync().Guarded();
    }

    [Fact]
    public async Task A_reader_swallows_what_the_streams_dispose_throws()
    {
        PipeReader reader = StreamConnection.CreateReader(_stream.Fail(StreamOperation.Dispose, _fault));

        await reader.CompleteAsync().Guarded();

        _stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_reader_over_a_stream_that_can_be_sought_reads_it()
    {
        using MemoryStream stream = new(Payload.Seeded(100_000));
        byte[] read = await StreamConnection.CreateReader(stream).TakeAllAsync();

        Payload.HashOf(read).Should().Be(Payload.HashOf(Payload.Seeded(100_000)));
    }

    [Fact]
    public async Task A_writers_CompleteAsync_returns_when_everything_is_written_and_flushed_and_the_stream_closed()
    {
        PipeWriter writer = StreamConnection.CreateWriter(_stream.Hold(StreamOperation.Write).Hold(StreamOperation.Flush).Hold(StreamOperation.Dispose));
        writer.Put("bytes"u8);
        Task completing = writer.CompleteAsync().AsTask();

        foreach (StreamOperation operation in new[] { StreamOperation.Write, StreamOperation.Flush, StreamOperation.Dispose })
        {
            await _stream.GetCalledTask(operation).Guarded();
            completing.IsCompleted.Should().BeFalse();
            _stream.Release(operation);
        }

        await completing.Guarded();
        _stream.FlushedBytes.Should().Be(5);
    }

    [Theory]
    [InlineData((int)StreamOperation.Write)]
    [InlineData((int)StreamOperation.Flush)]
    [InlineData((int)StreamOperation.Dispose)]
    public async Task A_writers_CompleteAsync_throws_the_streams_own_exception(int failing)
    {
        PipeWriter writer = StreamConnection.CreateWriter(_stream.Fail((StreamOperation)failing, _fault));
        writer.Put("bytes"u8);

        await writer.CompleteAsync().ShouldThrowAsync(_fault);

        await _stream.Disposed.Guarded();
    }

    [Fact]
    public async Task A_writer_completed_with_an_exception_drops_what_is_unsent_and_disposes_the_stream()
    {
        PipeWriter writer = StreamConnection.CreateWriter(_stream);
        writer.Put("half a mess"u8);

        await writer.CompleteAsync(_fault).Guarded();

        await _stream.Disposed.Guarded();
        _stream.Written.Should().BeEmpty();
    }

    [Fact]
    public async Task A_writers_write_fault_is_thrown_by_the_flush_that_waits_and_by_the_next()
    {
        PipeWriter writer = StreamConnection.CreateWriter(_stream.Fail(StreamOperation.Write, _fault), SmallPipe.ForConnection);

        await writer.WriteAsync(SmallPipe.MoreThanFits).ShouldThrowAsync(_fault);
        await writer.FlushAsync().ShouldThrowAsync(_fault);

        await _stream.Disposed.Guarded();
    }

    [Fact]
    public async Task A_compressed_file_is_whole_after_CompleteAsync()
    {
        using MemoryStream file = new();
        PipeWriter writer = StreamConnection.CreateWriter(new GZipStream(file, CompressionMode.Compress, leaveOpen: true));
        writer.Put(Payload.Seeded(100_000));
        await writer.CompleteAsync().Guarded();

        file.Position = 0;
        byte[] read = await StreamConnection.CreateReader(new GZipStream(file, CompressionMode.Decompress)).TakeAllAsync();
        Payload.HashOf(read).Should().Be(Payload.HashOf(Payload.Seeded(100_000)));
    }
}
