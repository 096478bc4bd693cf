using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>The rows of tokens and of <c>CancelPendingRead</c> and <c>CancelPendingFlush</c>: only that wait ends; nothing is lost, torn or sent twice.</summary>
public sealed class CancellationTests
{
    [Fact]
    public async Task A_token_ends_the_read_that_waits_and_nothing_else()
    {
        using CancellationTokenSource source = new();
        ScriptedStream stream = new();
        await using PipeConnection connection = StreamConnection.Create(stream);
        Task<ReadResult> read = connection.Input.ReadAsync(source.Token).AsTask();

        await source.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
        thrown.CancellationToken.Should().Be(source.Token);
        _ = stream.Read("bytes");
        (await connection.Input.ReadTextAsync(5)).Should().Be("bytes");
        stream.Calls(StreamOperation.Read).Should().BeInRange(1, 2, "the stream's read is not cancelled with the caller's");
        connection.CloseReason.Should().Be(CloseReason.None);
    }

    [Fact]
    public async Task A_token_that_has_fired_before_is_the_token_of_the_exception()
    {
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream());

        OperationCanceledException read = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.Input.ReadAsync(source.Token).Guarded());
        OperationCanceledException flush = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.Output.FlushAsync(source.Token).Guarded());

        read.CancellationToken.Should().Be(source.Token);
        flush.CancellationToken.Should().Be(source.Token);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Cancelling_a_flush_while_a_write_is_half_done_sends_every_byte_exactly_once(bool byToken, bool flushThrough)
    {
        using CancellationTokenSource source = new();

        // Its writes honour their token: were it the caller's, the held write would be cancelled.
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { SendPipeOptions = SmallPipe.Options, FlushThrough = flushThrough });
        Task<FlushResult> flush = connection.Output.WriteAsync(SmallPipe.MoreThanFits, source.Token).AsTask();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();

        if (byToken)
        {
            await source.CancelAsync();
            (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush.Guarded())).CancellationToken.Should().Be(source.Token);
        }
        else
        {
            connection.Output.CancelPendingFlush();
            FlushResult result = await flush.Guarded();
            result.IsCanceled.Should().BeTrue();
            result.IsCompleted.Should().BeFalse();
        }

        connection.Output.Put("and more"u8);
        stream.Release(StreamOperation.Write);
        await connection.Output.CompleteAsync().Guarded();

        stream.Written.Should().Equal([.. SmallPipe.MoreThanFits, .. "and more"u8]);
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task Cancelling_over_and_over_tears_no_TLS_record_and_loses_nothing()
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        PipeConnection client = StreamConnection.Create(pair.Client);
        PipeConnection server = StreamConnection.Create(pair.Server);
        byte[] payload = Payload.Seeded(2_000_000);
        Task<byte[]> receiving = TakeWithCancellationsAsync(server.Input);

        foreach (byte[] piece in payload.Chunk(50_000))
        {
            using CancellationTokenSource source = new();
            client.Output.Put(piece);
            Task<FlushResult> flush = client.Output.FlushAsync(source.Token).AsTask();
            await source.CancelAsync();
            await Thrown.ByAsync(() => flush.Guarded());
        }

        await client.Output.CompleteAsync().Guarded();

        Payload.HashOf(await receiving.Guarded()).Should().Be(Payload.HashOf(payload));
        client.Abort();
        server.Abort();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CancelPendingRead_ends_one_read_and_never_looks_like_the_end(bool before)
    {
        ScriptedStream stream = new();
        await using PipeConnection connection = StreamConnection.Create(stream);
        if (before) connection.Input.CancelPendingRead();
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();
        if (!before) connection.Input.CancelPendingRead();

        ReadResult result = await read.Guarded();
        result.IsCanceled.Should().BeTrue();
        result.IsCompleted.Should().BeFalse();
        result.Buffer.IsEmpty.Should().BeTrue();
        connection.Input.AdvanceTo(result.Buffer.End);

        Task<string> next = connection.Input.ReadTextAsync(5);
        next.IsCompleted.Should().BeFalse();
        _ = stream.Read("bytes");
        (await next.Guarded()).Should().Be("bytes");
    }

    [Fact]
    public async Task CancelPendingFlush_before_a_flush_cancels_that_flush_and_its_bytes_are_still_sent()
    {
        ScriptedStream stream = new();
        await using PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.CancelPendingFlush();

        (await connection.Output.WriteAsync("one"u8.ToArray()).Guarded()).IsCanceled.Should().BeTrue();
        (await connection.Output.WriteAsync("two"u8.ToArray()).Guarded()).IsCanceled.Should().BeFalse();
        await connection.Output.CompleteAsync().Guarded();

        stream.Written.Should().Equal("onetwo"u8.ToArray());
    }

    private static async Task<byte[]> TakeWithCancellationsAsync(PipeReader reader)
    {
        List<byte> bytes = [];
        while (true)
        {
            using CancellationTokenSource source = new();
            Task<ReadResult> read = reader.ReadAsync(source.Token).AsTask();
            if (bytes.Count % 2 == 0) await source.CancelAsync();
            else reader.CancelPendingRead();
            try
            {
                ReadResult result = await read.Guarded();
                foreach (ReadOnlyMemory<byte> memory in result.Buffer) bytes.AddRange(memory.Span);
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return [.. bytes];
            }
            catch (OperationCanceledException)
            {
                // The wait was cancelled, as asked; the next round goes on where this one stopped.
            }
        }
    }
}
