using System.IO.Compression;

namespace StreamPipes.Tests.Defects;

/// <summary>Adapters that lose the last bytes, or say too early that they are sent (defects 1, 2 and 10).</summary>
public sealed class LastBytesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_written_and_never_flushed_is_flushed_through_a_buffering_stream(bool disposeOnly)
    {
        await using StreamPair pair = StreamPairs.Unknown();
        PipeConnection connection = StreamConnection.Create(new BufferedWriteStream(pair.Client));
        connection.Output.Put("the last bytes"u8);

        if (!disposeOnly) await connection.Output.CompleteAsync().Guarded();
        await connection.DisposeAsync().Guarded();

        using MemoryStream got = new();
        await pair.Server.CopyToAsync(got).Guarded();
        got.ToArray().Should().Equal("the last bytes"u8.ToArray());
    }

    [Fact]
    public async Task A_BufferedStream_as_a_writer_hands_everything_on()
    {
        using MemoryStream file = new();
        System.IO.Pipelines.PipeWriter writer = StreamConnection.CreateWriter(new BufferedStream(file, 100_000), new PipeConnectionOptions { LeaveOpen = true });
        writer.Put("the last bytes"u8);

        await writer.CompleteAsync().Guarded();

        file.ToArray().Should().Equal("the last bytes"u8.ToArray());
    }

    [Fact]
    public async Task A_compressed_stream_is_complete_after_Complete()
    {
        for (int i = 0; i < 20; i++)
        {
            await using StreamPair pair = StreamPairs.Unknown();
            PipeConnection connection = StreamConnection.Create(Stream.Null, new GZipStream(pair.Client, CompressionMode.Compress));
            byte[] payload = Payload.Seeded(10_000, i);
            connection.Output.Put(payload);

            connection.Output.Complete();

            using MemoryStream got = new();
            await new GZipStream(pair.Server, CompressionMode.Decompress).CopyToAsync(got).Guarded();
            got.ToArray().Should().Equal(payload);
            await connection.DisposeAsync().Guarded();
        }
    }

    [Fact]
    public async Task CompleteAsync_never_returns_before_the_bytes_are_in_the_stream()
    {
        for (int i = 0; i < 2000; i++)
        {
            ScriptedStream stream = new();
            PipeConnection connection = StreamConnection.Create(stream);
            await connection.Output.WriteTextAsync("bytes");

            await connection.Output.CompleteAsync().Guarded();

            stream.FlushedBytes.Should().Be(5);
            connection.Abort();
        }
    }

    [Fact]
    public async Task Dispose_sends_10_MiB_to_a_peer_that_starts_to_read_late()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        PipeConnection connection = StreamConnection.Create(pair.Client);
        byte[] payload = Payload.Seeded(10 * 1024 * 1024);
        connection.Output.Put(payload);

        Task disposing = connection.DisposeAsync().AsTask();
        disposing.IsCompleted.Should().BeFalse();
        using MemoryStream got = new();
        await pair.Server.CopyToAsync(got).Guarded();
        await pair.Server.DisposeAsync().Guarded();
        await disposing.Guarded();

        Payload.HashOf(got.ToArray()).Should().Be(Payload.HashOf(payload));
    }
}
