#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>The row "write fault": the peer's last words are still delivered, then the write's own exception is thrown everywhere.</summary>
public sealed class WriteFaultTests
{
    private readonly IOException _fault = new("the peer does not listen");
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CompleteAsync_throws_the_streams_own_exception(bool failsInFlush)
    {
        ScriptedStream stream = new ScriptedStream().Fail(failsInFlush ? StreamOperation.Flush : StreamOperation.Write, _fault).Eof();
        await using PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("bytes"u8);

        await connection.Output.CompleteAsync().ShouldThrowAsync(_fault);

        await connection.Completion.ShouldThrowAsync(_fault);
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_flush_that_waits_and_the_next_flush_throw_the_streams_own_exception()
    {
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write).Fail(StreamOperation.Write, _fault);
        await using PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        ValueTask<FlushResult> flush = connection.Output.WriteAsync(SmallPipe.MoreThanFits);
        flush.IsCompleted.Should().BeFalse();

        stream.Release(StreamOperation.Write);

        await flush.ShouldThrowAsync(_fault);
        await connection.Output.FlushAsync().ShouldThrowAsync(_fault);
        await connection.Output.WriteAsync(new byte[1]).ShouldThrowAsync(_fault);
        await connection.Output.CompleteAsync().ShouldThrowAsync(_fault);
        connection.Abort();
    }

    [Fact]
    public async Task A_flush_through_throws_the_streams_own_exception()
    {
        ScriptedStream stream = new ScriptedStream().Fail(StreamOperation.Flush, _fault, fromCall: 2);
        await using PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { FlushThrough = true });
        await connection.Output.WriteTextAsync("this is written");

        await connection.Output.WriteAsync(new byte[1]).ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task After_a_write_fault_the_input_continues_to_the_end_of_the_stream_and_then_throws()
    {
        Gate words = new();
        Gate end = new();
        ScriptedStream stream = new ScriptedStream().Wait(words).Read("500 go away").Wait(end).Eof().Fail(StreamOperation.Write, _fault);
        await using PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        await connection.Output.WriteAsync(SmallPipe.MoreThanFits).ShouldThrowAsync(_fault);

        words.Release();
        (await connection.Input.ReadTextAsync(11)).Should().Be("500 go away");
        stream.IsDisposed.Should().BeFalse();
        connection.Completion.IsCompleted.Should().BeFalse();
        end.Release();

        await connection.Input.ReadAsync().ShouldThrowAsync(_fault);
        await connection.Completion.ShouldThrowAsync(_fault);
        stream.IsDisposed.Should().BeTrue();
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task After_a_write_fault_the_input_delivers_what_came_although_the_connection_has_ended()
    {
        Gate end = new();
        ScriptedStream stream = new ScriptedStream().Read("500 go away").Wait(end).Eof().Fail(StreamOperation.Write, _fault);
        await using PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        await connection.Output.WriteAsync(SmallPipe.MoreThanFits).ShouldThrowAsync(_fault);
        end.Release();
        await connection.Completion.ShouldThrowAsync(_fault);

        (await connection.Input.ReadTextAsync(11)).Should().Be("500 go away");
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
    }

    [Fact]
    public async Task After_a_write_fault_the_input_continues_to_its_own_fault_and_then_throws_the_write_fault()
    {
        Gate end = new();
        ScriptedStream stream = new ScriptedStream().Wait(end).Read("500 go away").ReadError(new InvalidDataException("second")).Fail(StreamOperation.Write, _fault);
        await using PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        await connection.Output.WriteAsync(SmallPipe.MoreThanFits).ShouldThrowAsync(_fault);

        end.Release();

        (await connection.Input.ReadTextAsync(11)).Should().Be("500 go away");
        await connection.ShouldHaveEndedWithAsync(_fault, CloseReason.WriteFault);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_end_of_the_stream_that_was_read_before_a_write_fault_stays_the_end_and_one_that_was_not_is_the_write_fault(bool isRead)
    {
        HandedOperations reads = new();
        TransportDouble transport = new(new ScriptedStream().Fail(StreamOperation.Write, _fault)) { Reads = reads };
        await using PipeConnection connection = PipeConnection.Over(transport, _clock.Options());
        (await reads.NextAsync()).Complete(0);
        if (isRead) await connection.Input.ShouldEndAsync();

        connection.Output.Put("bytes"u8);
        await connection.Output.CompleteAsync().ShouldThrowAsync(_fault);
        await connection.Completion.ShouldThrowAsync(_fault);

        if (isRead) await connection.Input.ShouldEndAsync();
        else await connection.Input.ReadAsync().ShouldThrowAsync(_fault);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_fault_after_the_peers_end_completes_one_flush_and_the_next_one_throws(bool isWrite)
    {
        HandedOperations reads = new();
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write).Fail(StreamOperation.Write, _fault);
        await using PipeConnection connection = PipeConnection.Over(new TransportDouble(stream) { Reads = reads }, _clock.Options());
        (await reads.NextAsync()).Complete(0);
        (await connection.Output.WriteAsync(new byte[1]).Guarded()).IsCompleted.Should().BeFalse("the write has not failed yet");
        stream.Release(StreamOperation.Write);
        await connection.Completion.ShouldThrowAsync(_fault);

        (await FlushAsync().Guarded()).IsCompleted.Should().BeTrue("a peer that takes no more looks like a reader that was completed");

        await FlushAsync().ShouldThrowAsync(_fault);

        ValueTask<FlushResult> FlushAsync() => isWrite ? connection.Output.WriteAsync(new byte[1]) : connection.Output.FlushAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_write_fault_the_input_continues_until_the_close_timeout_and_then_throws(bool ignoresTokens)
    {
        ScriptedStream stream = new ScriptedStream { IgnoresTokens = ignoresTokens }.Fail(StreamOperation.Write, _fault);
        await using PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        ValueTask<ReadResult> read = connection.Input.ReadAsync();
        await connection.Output.WriteAsync(SmallPipe.MoreThanFits).ShouldThrowAsync(_fault);
        await _clock.WaitForTimersAsync(1).Guarded();

        _clock.Advance(Clockwork.CloseTimeout - TimeSpan.FromTicks(1));
        read.IsCompleted.Should().BeFalse();
        stream.IsDisposed.Should().BeFalse();
        _clock.Advance(TimeSpan.FromTicks(1));

        await read.ShouldThrowAsync(_fault);
        await connection.ShouldHaveEndedWithAsync(_fault, CloseReason.WriteFault);
        stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task Completing_the_input_after_a_write_fault_ends_the_connection_at_once()
    {
        ScriptedStream stream = new ScriptedStream().Fail(StreamOperation.Write, _fault);
        await using PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        await connection.Output.WriteAsync(SmallPipe.MoreThanFits).ShouldThrowAsync(_fault);

        connection.Input.Complete();

        await connection.Completion.ShouldThrowAsync(_fault);
        stream.IsDisposed.Should().BeTrue();
    }
}
#endif
