using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Compression;

/// <summary>The trailer of a compressed stream: written by CompleteAsync, missed where it is missing.</summary>
public sealed class TrailerTests
{
    [Theory]
    [InlineData(Codec.GZip)]
    [InlineData(Codec.Brotli)]
    [InlineData(Codec.ZLib)]
    [InlineData(Codec.Deflate)]
    public async Task A_writer_completed_has_written_a_whole_stream(Codec codec)
    {
        MemoryStream written = new();
        PipeWriter writer = StreamConnection.CreateWriter(codec.Compress(written, leaveOpen: true));
        byte[] payload = Payload.Seeded(100_000);

        await writer.WriteAsync(payload).Guarded();
        await writer.CompleteAsync().Guarded();

        written.Position = 0;
        (await StreamConnection.CreateReader(codec.Decompress(written)).TakeAllAsync()).Should().Equal(payload);
    }

    [Fact]
    public async Task The_trailer_of_GZip_tells_the_length()
    {
        MemoryStream written = new();
        PipeWriter writer = StreamConnection.CreateWriter(Codec.GZip.Compress(written, leaveOpen: true));
        await writer.WriteAsync(new byte[12_345]).Guarded();
        await writer.FlushAsync().Guarded();

        await writer.CompleteAsync().Guarded();

        BinaryPrimitives.ReadInt32LittleEndian(written.ToArray().AsSpan()[^4..]).Should().Be(12_345);
    }

    [Fact]
    public async Task A_flush_is_a_sync_flush()
    {
        MemoryStream written = new();
        PipeWriter writer = StreamConnection.CreateWriter(Codec.Deflate.Compress(written, leaveOpen: true), new PipeConnectionOptions { FlushThrough = true });

        await writer.WriteAsync("small"u8.ToArray()).Guarded();

        // The empty stored block that zlib ends a sync flush with.
        written.ToArray().AsSpan()[^4..].ToArray().Should().Equal(0x00, 0x00, 0xFF, 0xFF);
        using DeflateStream reader = new(new MemoryStream(written.ToArray()), CompressionMode.Decompress);
        byte[] buffer = new byte[5];
        reader.ReadExactly(buffer);
        buffer.Should().Equal("small"u8.ToArray());
        await writer.CompleteAsync().Guarded();
    }

    [Theory]
    [InlineData(Codec.GZip)]
    [InlineData(Codec.Brotli)]
    [InlineData(Codec.ZLib)]
    public async Task A_carrier_that_breaks_without_the_trailer_is_its_own_error_after_what_came(Codec codec)
    {
        MemoryStream sent = new();
        Stream compressing = codec.Compress(sent, leaveOpen: true);
        await compressing.WriteAsync("cut"u8.ToArray()).AsTask().Guarded();
        await compressing.FlushAsync().Guarded();
        IOException error = new("The cable is out.");
        ScriptedStream carrier = new ScriptedStream().Read(sent.ToArray()).ReadError(error);
        await using PipeConnection connection = StreamConnection.Create(codec.Decompress(carrier), codec.Compress(new MemoryStream()));

        (await connection.Input.ReadTextAsync(3)).Should().Be("cut");
        (await Assert.ThrowsAsync<IOException>(() => connection.Input.ReadAsync().Guarded())).Should().BeSameAs(error);
        (await Assert.ThrowsAsync<IOException>(() => connection.Completion.Guarded())).Should().BeSameAs(error);
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
        await carrier.Disposed.Guarded();
    }

    [Theory]
    [InlineData(Codec.GZip)]
    [InlineData(Codec.Brotli)]
    [InlineData(Codec.ZLib)]
    public async Task Bytes_that_are_not_compressed_are_the_codecs_own_error(Codec codec)
    {
        ScriptedStream carrier = new ScriptedStream().Read(Payload.Seeded(1000)).Eof();
        await using PipeConnection connection = StreamConnection.Create(codec.Decompress(carrier), codec.Compress(new MemoryStream()));

        Exception thrown = await Thrown.SurelyByAsync(async () => await connection.Input.TakeAllAsync());

        (thrown is InvalidDataException or InvalidOperationException).Should().BeTrue(thrown.ToString());
        (await Thrown.SurelyByAsync(() => connection.Completion.Guarded())).Should().BeSameAs(thrown);
    }
}
