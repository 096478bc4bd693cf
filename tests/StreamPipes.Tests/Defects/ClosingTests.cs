using System.IO.Pipelines;

namespace StreamPipes.Tests.Defects;

/// <summary>Adapters that never close, close too little, or crash when they close (defects 3, 12, 13, 14 and 16).</summary>
public sealed class ClosingTests
{
    [Fact]
    public async Task The_peer_sees_the_end_once_both_ends_are_completed()
    {
        await using StreamPair pair = StreamPairs.Unknown();
        PipeConnection connection = StreamConnection.Create(pair.Client);

        await connection.Input.CompleteAsync().Guarded();
        await connection.Output.CompleteAsync().Guarded();

        (await pair.Server.ReadAsync(new byte[1]).Guarded()).Should().Be(0);
        await connection.Completion.Guarded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_peer_sees_the_end_of_our_output_while_our_input_goes_on(bool tls)
    {
        await using StreamPair pair = tls ? await StreamPairs.TlsAsync() : await StreamPairs.TcpAsync();
        PipeConnection connection = StreamConnection.Create(pair.Client);

        connection.Output.Complete();

        (await pair.Server.ReadAsync(new byte[1]).Guarded()).Should().Be(0);
        await pair.Server.WriteAsync("answer"u8.ToArray()).Guarded();
        (await connection.Input.ReadTextAsync(6)).Should().Be("answer");
        connection.Abort();
    }

    [Fact]
    public async Task A_cancelled_token_is_no_end_of_the_stream_and_the_stream_is_still_disposed_in_the_end()
    {
        using CancellationTokenSource source = new();
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream);
        Task<ReadResult> read = connection.Input.ReadAsync(source.Token).AsTask();

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
        stream.IsDisposed.Should().BeFalse();
        await connection.DisposeAsync().Guarded();

        stream.IsDisposed.Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dispose_that_throws_does_not_take_the_process_down(bool aborted)
    {
        // An exception on a thread of the pool would end the test run itself.
        InvalidOperationException failure = new("cannot be disposed");
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Fail(StreamOperation.Dispose, failure));

        if (aborted) connection.Abort(failure);
        await connection.DisposeAsync().Guarded();

        Exception? thrown = await Thrown.ByAsync(() => connection.Completion.Guarded());
        thrown.Should().BeSameAs(failure);
    }

    [Fact]
    public async Task A_stuck_write_does_not_keep_the_stream_for_ever_once_both_ends_are_completed()
    {
        ScriptedStream stream = NeverReadsStream.Create();
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { CloseTimeout = TimeSpan.FromMilliseconds(50) });
        connection.Output.Put("bytes"u8);

        connection.Input.Complete();
        connection.Output.Complete();

        await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_stuck_write_can_be_aborted()
    {
        ScriptedStream stream = NeverReadsStream.Create();
        PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("bytes"u8);
        Task completing = connection.Output.CompleteAsync().AsTask();

        connection.Abort();

        await Assert.ThrowsAsync<IOException>(() => completing.Guarded());
        await stream.Disposed.Guarded();
    }
}
