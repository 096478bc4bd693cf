using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Errors;

/// <summary>
/// What a flush reports to a writer whose peer has closed its direction and then takes no more: <see cref="FlushResult.IsCompleted"/>, as a pipe does whose reader has
/// been completed, so loops written for pipes end.
/// </summary>
public sealed class PeerTakesNoMoreTests
{
    private readonly IOException _fault = new("the peer does not listen");

    [Fact]
    public async Task One_flush_is_completed_and_those_after_it_throw_the_error_as_CompleteAsync_and_Completion_do()
    {
        await using PipeConnection connection = await ConnectAsync(PipeConnectionOptions.Default);

        for (int i = 0; i < 3; i++)
        {
            await connection.Output.WriteAsync(new byte[1]).ShouldThrowAsync(_fault);
            connection.Output.Put("more"u8);
            await connection.Output.FlushAsync().ShouldThrowAsync(_fault);
        }

        await connection.Output.CompleteAsync().ShouldThrowAsync(_fault);
        await connection.Completion.ShouldThrowAsync(_fault);
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
        await connection.Input.ShouldEndAsync();
    }

    [Fact]
    public async Task A_loop_that_does_not_look_at_the_result_is_ended_by_the_error()
    {
        await using PipeConnection connection = StreamConnection.Create(Closed());
        await connection.Input.ShouldEndAsync();

        (await Thrown.ByAsync(() => WriteWithoutLookingAsync(connection).Guarded())).Should().BeSameAs(_fault);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flush_that_waits_is_completed_by_the_write_that_fails(bool flushThrough)
    {
        ScriptedStream stream = Closed().Hold(StreamOperation.Write);
        PipeConnectionOptions options = flushThrough ? new() { FlushThrough = true } : SmallPipe.ForConnection;
        await using PipeConnection connection = StreamConnection.Create(stream, options);
        await connection.Input.ShouldEndAsync();
        ValueTask<FlushResult> flush = connection.Output.WriteAsync(SmallPipe.MoreThanFits);
        flush.IsCompleted.Should().BeFalse();

        stream.Release(StreamOperation.Write);

        ShouldBeCompleted(await flush.Guarded());
    }

    [Fact]
    public async Task A_cancelled_flush_is_canceled_and_completed()
    {
        ScriptedStream stream = Closed().Hold(StreamOperation.Write);
        await using PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { FlushThrough = true });
        await connection.Input.ShouldEndAsync();
        ValueTask<FlushResult> flush = connection.Output.WriteAsync(new byte[1]);
        stream.Release(StreamOperation.Write);
        await connection.Completion.ShouldThrowAsync(_fault);

        connection.Output.CancelPendingFlush();
        FlushResult cancelled = await flush.Guarded();

        cancelled.IsCanceled.Should().BeTrue();
        cancelled.IsCompleted.Should().BeTrue();
        await connection.Output.FlushAsync().ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task A_write_that_fails_before_the_peer_closes_is_thrown_by_every_flush_also_after_that()
    {
        Gate gate = new();
        ScriptedStream stream = new ScriptedStream().Wait(gate).Eof().Fail(StreamOperation.Write, _fault);
        await using PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { FlushThrough = true });
        await connection.Output.WriteAsync(new byte[1]).ShouldThrowAsync(_fault);

        gate.Release();
        await connection.Completion.ShouldThrowAsync(_fault);

        await connection.Output.FlushAsync().ShouldThrowAsync(_fault);
        await connection.Output.WriteAsync(new byte[1]).ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task An_abort_afterwards_is_thrown_by_every_flush()
    {
        ScriptedStream stream = Closed().Hold(StreamOperation.Dispose);
        PipeConnection connection = StreamConnection.Create(stream);
        await connection.Input.ShouldEndAsync();
        await WriteUntilCompletedAsync(connection);

        connection.Abort(new InvalidDataException("too late"));

        await connection.Output.FlushAsync().ShouldThrowAsync(_fault);
        await connection.Output.WriteAsync(new byte[1]).ShouldThrowAsync(_fault);
        stream.Release(StreamOperation.Dispose);
        await connection.Completion.ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task A_copy_into_the_output_ends()
    {
        await using PipeConnection connection = StreamConnection.Create(Closed(), new PipeConnectionOptions { FlushThrough = true });
        await connection.Input.ShouldEndAsync();
        Pipe endless = new(new PipeOptions(useSynchronizationContext: false));
        await endless.Writer.WriteAsync(new byte[100]).Guarded();

        await endless.Reader.CopyToAsync(connection.Output).Guarded();
    }

    [Fact]
    public async Task The_stream_over_the_connection_throws_the_error_of_the_write()
    {
        await using PipeConnection connection = await ConnectAsync(PipeConnectionOptions.Default);
        Stream stream = connection.AsStream(leaveOpen: true);

        (await Thrown.ByAsync(() => stream.WriteAsync(new byte[1]).Guarded())).Should().BeSameAs(_fault);
        (await Thrown.ByAsync(() => stream.FlushAsync().Guarded())).Should().BeSameAs(_fault);
        Record.Exception(() => stream.Write(new byte[1])).Should().BeSameAs(_fault);
        Record.Exception(stream.Flush).Should().BeSameAs(_fault);
    }

    [Fact]
    public async Task The_stream_over_the_output_throws_the_error_of_the_write()
    {
        await using PipeConnection connection = await ConnectAsync(PipeConnectionOptions.Default);
        Stream stream = connection.Output.AsStream();

        (await Thrown.ByAsync(() => stream.WriteAsync(new byte[1]).Guarded())).Should().BeSameAs(_fault);
        (await Thrown.ByAsync(() => stream.FlushAsync().Guarded())).Should().BeSameAs(_fault);
    }

    [Fact]
    public async Task The_stream_over_the_output_sends_and_completes_as_the_output_does()
    {
        ScriptedStream inner = new();
        await using PipeConnection connection = StreamConnection.Create(inner, new PipeConnectionOptions { FlushThrough = true });
        Stream stream = connection.Output.AsStream();

        await stream.WriteAsync("bytes"u8.ToArray()).Guarded();
        inner.Written.Should().Equal("bytes"u8.ToArray());
        await stream.DisposeAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Output.FlushAsync().Guarded());
        connection.Abort();
    }

    [Fact]
    public async Task Detach_throws_the_error_of_the_write()
    {
        await using PipeConnection connection = await ConnectAsync(PipeConnectionOptions.Default);

        (await Thrown.ByAsync(() => connection.DetachAsync().Guarded())).Should().BeSameAs(_fault);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_loop_that_writes_to_a_peer_whose_socket_is_closed_ends(bool flushThrough)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        await using PipeConnection connection = SocketConnection.Create(client, new PipeConnectionOptions { FlushThrough = flushThrough });
        server.Dispose();
        await connection.Input.ShouldEndAsync();

        await WriteUntilCompletedAsync(connection).Guarded();

        (await Assert.ThrowsAsync<IOException>(() => connection.AsStream(leaveOpen: true).WriteAsync(new byte[1]).Guarded())).InnerException.Should().BeOfType<SocketException>();
        Thrown.SocketErrorOf(await Thrown.SurelyByAsync(() => connection.Output.CompleteAsync().Guarded()));
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
    }

    private ScriptedStream Closed() => new ScriptedStream().Eof().Fail(StreamOperation.Write, _fault);

    /// <summary>A connection whose peer has closed its direction, and one of whose writes has failed then.</summary>
    private async Task<PipeConnection> ConnectAsync(PipeConnectionOptions options)
    {
        PipeConnection connection = StreamConnection.Create(Closed(), options);
        await connection.Input.ShouldEndAsync();
        await WriteUntilCompletedAsync(connection);
        return connection;
    }

    /// <summary>Of a connection whose input has ended: a write that fails before that is an error, and is thrown.</summary>
    private static async Task WriteUntilCompletedAsync(PipeConnection connection)
    {
        // Each flush hands over only, so the first ones may come before the write has failed.
        while (!(await connection.Output.WriteAsync(new byte[1]).Guarded()).IsCompleted) await Task.Yield();
    }

    private static async Task WriteWithoutLookingAsync(PipeConnection connection)
    {
        while (true)
        {
            await connection.Output.WriteAsync(new byte[1]);
            await Task.Yield();
        }
    }

    private static void ShouldBeCompleted(FlushResult result)
    {
        result.IsCompleted.Should().BeTrue();
        result.IsCanceled.Should().BeFalse();
    }
}
