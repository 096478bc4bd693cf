using System.IO.Pipelines;

namespace StreamPipes.Tests.Defects;

/// <summary>A cancelled flush in the middle of a write: the framework's adapter sends the bytes once more (defect 20).</summary>
public sealed class SentTwiceTests
{
    private static readonly byte[] Content = Payload.Seeded(4000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flush_cancelled_in_the_middle_of_a_write_sends_every_byte_exactly_once(bool byToken)
    {
        HalfWritingStream stream = new();
        PipeConnectionOptions options = new() { SendPipeOptions = new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500, useSynchronizationContext: false) };
        PipeConnection connection = StreamConnection.Create(stream, options);

        await CancelInTheMiddleAsync(connection.Output, stream, byToken);
        await connection.Output.CompleteAsync().Guarded();

        stream.Written.Should().Equal(Content);
        await connection.DisposeAsync().Guarded();
    }

    /// <summary>The control: were this one to pass with the bytes once, the test above would prove nothing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_frameworks_adapter_sends_the_bytes_of_a_cancelled_flush_again(bool byToken)
    {
        HalfWritingStream stream = new();
        PipeWriter writer = PipeWriter.Create(stream);

        await CancelInTheMiddleAsync(writer, stream, byToken);
        await writer.CompleteAsync().Guarded();

        stream.Written.Length.Should().Be(Content.Length + (Content.Length / 2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_socket_whose_flush_is_cancelled_while_it_is_full_gets_every_byte_exactly_once(bool tls)
    {
        using CancellationTokenSource source = new();
        await using StreamPair pair = tls ? await StreamPairs.TlsAsync() : await StreamPairs.TcpAsync();
        PipeConnection connection = StreamConnection.Create(pair.Client);
        StuckFlush stuck = await StuckFlush.OverflowAsync(connection.Output, source.Token);

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck.Flush.Guarded());
        connection.Output.Complete();

        using MemoryStream got = new();
        await pair.Server.CopyToAsync(got).Guarded();
        Payload.HashOf(got.ToArray()).Should().Be(Payload.HashOf(stuck.ExpectedBytes));
        connection.Abort();
    }

    private static async Task CancelInTheMiddleAsync(PipeWriter writer, HalfWritingStream stream, bool byToken)
    {
        using CancellationTokenSource source = new();
        writer.Put(Content);
        Task<FlushResult> flush = writer.FlushAsync(source.Token).AsTask();
        await stream.Rest.Called.Guarded();
        if (byToken) await source.CancelAsync();
        else writer.CancelPendingFlush();
        await Thrown.ByAsync(() => flush.Guarded());
        stream.Rest.Release();
    }
}
