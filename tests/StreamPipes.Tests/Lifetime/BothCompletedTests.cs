#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>The rows "both completed" and "peer closes".</summary>
public sealed class BothCompletedTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_stream_is_disposed_once_both_ends_are_completed_in_either_order(bool inputFirst)
    {
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("bytes"u8);

        if (inputFirst) await connection.Input.CompleteAsync().Guarded();
        await connection.Output.CompleteAsync().Guarded();
        if (!inputFirst) stream.IsDisposed.Should().BeFalse();
        if (!inputFirst) await connection.Input.CompleteAsync().Guarded();
        await connection.Completion.Guarded();

        stream.Calls(StreamOperation.Dispose).Should().Be(1);
        stream.Written.Should().Equal("bytes"u8.ToArray());
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
    }

    [Fact]
    public async Task Completing_both_ends_without_waiting_still_sends_everything_before_the_dispose()
    {
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("bytes"u8);

        connection.Input.Complete();
        connection.Output.Complete();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();
        stream.IsDisposed.Should().BeFalse();
        stream.Release(StreamOperation.Write);
        await connection.Completion.Guarded();

        stream.Written.Should().Equal("bytes"u8.ToArray());
        stream.FlushedBytes.Should().Be(5);
    }

    [Fact]
    public async Task A_write_that_is_stuck_when_both_ends_are_completed_is_given_up_after_the_close_timeout()
    {
        ManualTimeProvider clock = new();
        ScriptedStream stream = NeverReadsStream.Create();
        PipeConnection connection = StreamConnection.Create(stream, clock.Options());
        connection.Output.Put("bytes"u8);

        connection.Input.Complete();
        connection.Output.Complete();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();
        await clock.WaitForTimersAsync(1).Guarded();
        connection.Completion.IsCompleted.Should().BeFalse();
        clock.Advance(Clockwork.CloseTimeout);

        await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        connection.CloseReason.Should().Be(CloseReason.TimedOut);
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task The_end_of_the_stream_comes_after_every_byte_and_comes_again_and_again()
    {
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("by").Read("tes").Eof());

        (await connection.Input.ReadTextAsync(5)).Should().Be("bytes");

        for (int i = 0; i < 3; i++) await connection.Input.ShouldEndAsync();
        connection.Input.TryRead(out ReadResult result).Should().BeTrue();
        result.IsCompleted.Should().BeTrue();
        connection.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task After_the_end_of_the_stream_the_output_is_still_usable()
    {
        ScriptedStream stream = new ScriptedStream().Eof();
        await using PipeConnection connection = StreamConnection.Create(stream);
        await connection.Input.ShouldEndAsync();
        stream.IsDisposed.Should().BeFalse();
        connection.CloseReason.Should().Be(CloseReason.None);

        connection.Output.Put("the answer"u8);
        await connection.Output.CompleteAsync().Guarded();
        await connection.Completion.Guarded();

        stream.Written.Should().Equal("the answer"u8.ToArray());
        stream.Calls(StreamOperation.Read).Should().Be(1, "the end is sticky");
        stream.IsDisposed.Should().BeTrue();
        connection.CloseReason.Should().Be(CloseReason.RemoteClose);
    }

    [Fact]
    public async Task The_counted_bytes_are_those_received_and_those_sent()
    {
        ScriptedStream stream = new ScriptedStream().Read("received").Eof();
        await using PipeConnection connection = StreamConnection.Create(stream);
        await connection.Input.ReadTextAsync(8);
        connection.Output.Put("sent"u8);
        await connection.Output.CompleteAsync().Guarded();

        connection.BytesReceived.Should().Be(8);
        connection.BytesSent.Should().Be(4);
    }
}
#endif
