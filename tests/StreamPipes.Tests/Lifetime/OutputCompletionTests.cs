using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>The row "Output.Complete": everything is written and flushed before anybody is told so; the input goes on.</summary>
public sealed class OutputCompletionTests
{
    [Fact]
    public async Task CompleteAsync_returns_only_when_every_byte_is_written_and_flushed()
    {
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write).Hold(StreamOperation.Flush);
        await using PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("the last words"u8);

        ValueTask completing = connection.Output.CompleteAsync();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();
        completing.IsCompleted.Should().BeFalse();
        stream.Release(StreamOperation.Write);
        await stream.GetCalledTask(StreamOperation.Flush).Guarded();
        completing.IsCompleted.Should().BeFalse();
        stream.Release(StreamOperation.Flush);
        await completing.Guarded();

        stream.Written.Should().Equal("the last words"u8.ToArray());
        stream.FlushedBytes.Should().Be(14);
        connection.BytesSent.Should().Be(14);
        connection.Abort();
    }

    [Fact]
    public async Task Complete_sends_what_was_written_and_never_flushed()
    {
        ScriptedStream stream = new();
        await using PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("not flushed"u8);

        connection.Output.Complete();
        await stream.GetCalledTask(StreamOperation.Flush).Guarded();

        stream.Written.Should().Equal("not flushed"u8.ToArray());
        connection.Abort();
    }

    [Fact]
    public async Task After_completing_the_output_the_input_continues_and_the_stream_stays_open()
    {
        Gate gate = new();
        ScriptedStream stream = new ScriptedStream().Wait(gate).Read("the answer").Eof();
        await using PipeConnection connection = StreamConnection.Create(stream);
        await connection.Output.CompleteAsync().Guarded();
        stream.IsDisposed.Should().BeFalse();
        connection.CloseReason.Should().Be(CloseReason.None);

        gate.Release();

        (await connection.Input.ReadTextAsync(10)).Should().Be("the answer");
        await connection.Input.ShouldEndAsync();
        await connection.Completion.Guarded();
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task Writing_after_completion_is_refused_and_completing_again_is_not()
    {
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Eof());
        await connection.Output.CompleteAsync().Guarded();

        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Output.FlushAsync().Guarded());
        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Output.WriteAsync(new byte[1]).Guarded());
        Assert.Throws<InvalidOperationException>(() => connection.Output.GetMemory()).Message.Should().Contain("after this end was completed");
        Assert.Throws<InvalidOperationException>(() => connection.Output.Advance(1)).Message.Should().Contain("after this end was completed");
        connection.Output.Advance(0);
        connection.Output.Complete();
        await connection.Output.CompleteAsync().Guarded();
    }

    [Fact]
    public async Task An_exception_after_the_output_was_completed_in_order_does_not_abort_the_connection()
    {
        Gate gate = new();
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Wait(gate).Read("the answer").Eof());
        await connection.Output.CompleteAsync().Guarded();

        connection.Output.Complete(new InvalidDataException("a second call, from a finally"));

        gate.Release();
        (await connection.Input.ReadTextAsync(10)).Should().Be("the answer");
        await connection.Input.ShouldEndAsync();
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.RemoteClose);
    }

    [Fact]
    public async Task CompleteAsync_does_not_wait_for_the_peer_to_close()
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        PipeConnection connection = StreamConnection.Create(pair.Client);

        await connection.Output.CompleteAsync().Guarded();

        connection.Completion.IsCompleted.Should().BeFalse();
        connection.Abort();
    }
}
