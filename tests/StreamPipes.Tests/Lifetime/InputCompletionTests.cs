using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>The row "Input.Complete": reading stops, sending goes on, later bytes stay in the stream.</summary>
public sealed class InputCompletionTests
{
    private readonly byte[] _buffer = new byte[100];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Completing_the_input_cancels_the_streams_pending_read_and_later_bytes_stay_in_the_stream(bool withException)
    {
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();

        connection.Input.Complete(withException ? new InvalidDataException("the parser's own affair") : null);
        _ = stream.Read("late");

        (await stream.ReadAsync(_buffer).Guarded()).Should().Be(4);
        connection.BytesReceived.Should().Be(0);
        connection.Abort();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bytes_that_come_after_completing_the_input_stay_in_a_network_stream(bool tls)
    {
        await using StreamPair pair = tls ? await StreamPairs.TlsAsync() : await StreamPairs.TcpAsync();
        PipeConnection connection = StreamConnection.Create(pair.Client, new PipeConnectionOptions { LeaveOpen = true });
        await PingAsync(connection, pair.Server);

        // Both ends, so that the connection says when it has left the stream.
        connection.Input.Complete();
        await connection.Output.CompleteAsync().Guarded();
        await connection.Completion.Guarded();
        await pair.Server.WriteAsync("late"u8.ToArray()).Guarded();

        await pair.Client.ReadExactlyAsync(_buffer.AsMemory(0, 4)).Guarded();
        _buffer.AsSpan(0, 4).ToArray().Should().Equal("late"u8.ToArray());
    }

    [Fact]
    public async Task Sending_continues_after_completing_the_input()
    {
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream);
        await connection.Input.CompleteAsync(new InvalidDataException("the parser's own affair")).Guarded();
        stream.IsDisposed.Should().BeFalse();
        connection.CloseReason.Should().Be(CloseReason.None);

        connection.Output.Put("still here"u8);
        await connection.Output.CompleteAsync().Guarded();
        await connection.Completion.Guarded();

        stream.Written.Should().Equal("still here"u8.ToArray());
        stream.IsDisposed.Should().BeTrue();
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
    }

    [Fact]
    public async Task Completing_the_input_ends_a_pending_read_with_an_exception_and_not_with_the_end()
    {
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream());
        ValueTask<ReadResult> read = connection.Input.ReadAsync();

        connection.Input.Complete();

        await Assert.ThrowsAsync<InvalidOperationException>(() => read.Guarded());
        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Input.ReadAsync().Guarded());
        Assert.Throws<InvalidOperationException>(() => connection.Input.TryRead(out _));
    }

    [Fact]
    public async Task Completing_the_input_does_not_wait_for_a_stream_that_ignores_its_token()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        PipeConnection connection = StreamConnection.Create(stream);
        await stream.GetCalledTask(StreamOperation.Read).Guarded();

        connection.Input.Complete();
        await connection.Output.WriteTextAsync("still here");
        await connection.Output.CompleteAsync().Guarded();
        await connection.Completion.Guarded();

        stream.IsDisposed.Should().BeTrue();
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
    }

    [Fact]
    public async Task Completing_the_input_ends_a_pending_read_although_the_streams_own_read_goes_on()
    {
        ScriptedStream stream = new() { IgnoresTokens = true };
        await using PipeConnection connection = StreamConnection.Create(stream);
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();
        await stream.GetCalledTask(StreamOperation.Read).Guarded();

        connection.Input.Complete();

        await Assert.ThrowsAsync<InvalidOperationException>(() => read.Guarded());
        connection.Abort();
    }

    [Fact]
    public async Task Completing_the_input_stops_a_pump_that_waits_for_the_reader()
    {
        ScriptedStream stream = new ScriptedStream().Read(SmallPipe.MoreThanFits).Read("late");
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { ReceivePipeOptions = SmallPipe.Options, LeaveOpen = true });
        ReadResult result = await connection.Input.ReadAsync().Guarded();
        result.Buffer.Length.Should().BeLessThanOrEqualTo(SmallPipe.MoreThanFits.Length);

        connection.Input.Complete();
        connection.Output.Complete();

        await connection.Completion.Guarded();
    }

    private async Task PingAsync(PipeConnection connection, Stream peer)
    {
        await connection.Output.WriteTextAsync("ping");
        await peer.ReadExactlyAsync(_buffer.AsMemory(0, 4)).Guarded();
        await peer.WriteAsync("pong"u8.ToArray()).Guarded();
        (await connection.Input.ReadTextAsync(4)).Should().Be("pong");
    }
}
