using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>Positions and calls that make no sense are refused, and change nothing.</summary>
public sealed class MisuseTests
{
    private readonly ScriptedStream _stream = new ScriptedStream().Read("bytes");

    [Fact]
    public async Task A_position_that_is_not_of_the_last_read_is_refused_and_one_of_it_still_counts()
    {
        await using PipeConnection connection = StreamConnection.Create(_stream);
        ReadResult first = await connection.Input.ReadAsync().Guarded();
        SequencePosition start = first.Buffer.Start;
        connection.Input.AdvanceTo(first.Buffer.GetPosition(2), first.Buffer.GetPosition(2));
        ReadResult second = await connection.Input.ReadAsync().Guarded();
        SequencePosition end = second.Buffer.End;
        SequencePosition beyond = new(end.GetObject(), end.GetInteger() + 1);

        Refused(() => connection.Input.AdvanceTo(start)).Should().Contain("not one of the last read");
        Refused(() => connection.Input.AdvanceTo(start, end)).Should().Contain("not one of the last read");
        Refused(() => connection.Input.AdvanceTo(beyond)).Should().Contain("not one of the last read");
        Refused(() => connection.Input.AdvanceTo(second.Buffer.Start, beyond)).Should().Contain("not one of the last read");
        Refused(() => connection.Input.AdvanceTo(end, second.Buffer.Start)).Should().Contain("cannot come before");
        connection.Input.AdvanceTo(end);

        Refused(() => connection.Input.AdvanceTo(end)).Should().Contain("once after each read");
        connection.Abort();
    }

    [Fact]
    public async Task AdvanceTo_of_nothing_is_refused_while_a_read_is_pending_and_a_second_time()
    {
        await using PipeConnection connection = StreamConnection.Create(_stream);
        ReadResult result = await connection.Input.ReadAsync().Guarded();
        connection.Input.AdvanceTo(result.Buffer.End);
        connection.Input.TryRead(out _).Should().BeFalse();
        connection.Input.AdvanceTo(default);

        Refused(() => connection.Input.AdvanceTo(default)).Should().Contain("once after each read");
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();
        Refused(() => connection.Input.AdvanceTo(default)).Should().Contain("once after each read");

        connection.Input.CancelPendingRead();
        await read.Guarded();
        connection.Abort();
    }

    [Fact]
    public async Task AdvanceTo_of_nothing_is_allowed_after_a_read_whose_token_had_fired_before()
    {
        await using PipeConnection connection = StreamConnection.Create(_stream);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.Input.ReadAsync(new CancellationToken(canceled: true)).Guarded());
        connection.Input.AdvanceTo(default);

        (await connection.Input.ReadTextAsync(5)).Should().Be("bytes");
        connection.Abort();
    }

    [Fact]
    public async Task AdvanceTo_of_nothing_is_allowed_after_a_read_whose_token_fired_while_it_waited()
    {
        using CancellationTokenSource source = new();
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream());
        Task<ReadResult> read = connection.Input.ReadAsync(source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());

        connection.Input.AdvanceTo(default);

        Refused(() => connection.Input.AdvanceTo(default)).Should().Contain("once after each read");
        connection.Abort();
    }

    [Fact]
    public async Task AdvanceTo_of_nothing_after_a_read_leaves_its_bytes_for_the_next_read_which_does_not_wait()
    {
        await using PipeConnection connection = StreamConnection.Create(_stream);
        (await connection.Input.ReadAsync().Guarded()).Buffer.Length.Should().Be(5);

        connection.Input.AdvanceTo(default);

        ReadResult again = await connection.Input.ReadAsync().Guarded();
        again.Buffer.Length.Should().Be(5, "nothing was consumed, and nothing examined");
        connection.Input.AdvanceTo(again.Buffer.GetPosition(2), again.Buffer.End);
        connection.Input.TryRead(out _).Should().BeFalse("all of them have been examined");
        connection.Abort();
    }

    [Fact]
    public async Task A_position_beyond_the_end_of_its_own_segment_is_refused()
    {
        PipeOptions tiny = new(new CountingMemoryPool(16), minimumSegmentSize: 16, useSynchronizationContext: false);
        await using PipeConnection connection = StreamConnection.Create(_stream.Read(new byte[100]), new PipeConnectionOptions { ReceivePipeOptions = tiny });
        ReadResult result = await connection.Input.ReadAtLeastAsync(100).Guarded();
        SequencePosition outside = new(result.Buffer.Start.GetObject(), 50);

        Refused(() => connection.Input.AdvanceTo(outside)).Should().Contain("not one of the last read");

        connection.Input.AdvanceTo(result.Buffer.End);
        connection.Abort();
    }

    [Fact]
    public async Task A_position_whose_memory_another_connection_has_got_meanwhile_is_refused()
    {
        await using PipeConnection connection = StreamConnection.Create(_stream);
        ReadResult first = await connection.Input.ReadAsync().Guarded();
        SequencePosition stale = first.Buffer.GetPosition(2);
        connection.Input.AdvanceTo(first.Buffer.End);
        await using PipeConnection other = StreamConnection.Create(new ScriptedStream().Read(new byte[100]));
        ReadResult others = await other.Input.ReadAsync().Guarded();

        Refused(() => other.Input.AdvanceTo(stale)).Should().Contain("not one of the last read");

        other.Input.AdvanceTo(others.Buffer.End);
        connection.Abort();
        other.Abort();
    }

    [Fact]
    public async Task AdvanceTo_after_completing_the_input_does_nothing()
    {
        await using PipeConnection connection = StreamConnection.Create(_stream);
        ReadResult result = await connection.Input.ReadAsync().Guarded();
        SequencePosition end = result.Buffer.End;
        connection.Input.Complete();

        Refused(() => connection.Input.AdvanceTo(end)).Should().Contain("after this end was completed");
        connection.Abort();
    }

    [Fact]
    public async Task A_read_without_AdvanceTo_makes_the_next_read_throw()
    {
        await using PipeConnection connection = StreamConnection.Create(_stream);
        ReadResult result = await connection.Input.ReadAsync().Guarded();

        (await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Input.ReadAsync().Guarded())).Message.Should().Contain("call AdvanceTo");

        result.Buffer.Length.Should().Be(5);
        connection.Input.AdvanceTo(result.Buffer.End);
        connection.Abort();
    }

    [Fact]
    public async Task A_detach_is_refused_while_a_flush_is_pending_or_another_detach()
    {
        await using PipeConnection connection = StreamConnection.Create(_stream.Hold(StreamOperation.Write), new PipeConnectionOptions { FlushThrough = true });
        Task flush = connection.Output.WriteAsync(new byte[1]).AsTask();

        (await Assert.ThrowsAsync<InvalidOperationException>(() => connection.DetachAsync().Guarded())).Message.Should().Contain("A flush is already pending");
        _stream.Release(StreamOperation.Write);
        await flush.Guarded();

        _stream.Hold(StreamOperation.Write);
        connection.Output.Put(new byte[1]);
        Task<DetachedStream> detaching = connection.DetachAsync().AsTask();
        (await Assert.ThrowsAsync<InvalidOperationException>(() => connection.DetachAsync().Guarded())).Message.Should().Contain("being detached already");
        _stream.Release(StreamOperation.Write);
        (await detaching.Guarded()).Stream.Should().NotBeNull();
        (await Assert.ThrowsAsync<InvalidOperationException>(() => connection.DetachAsync().Guarded())).Message.Should().Contain("has been detached already");
        (await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Input.ReadAsync().Guarded())).Message.Should().Contain("has been detached").And.Contain("DetachAsync returned");
        (await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Output.FlushAsync().Guarded())).Message.Should().Contain("has been detached");
    }

    [Fact]
    public async Task A_copy_goes_to_a_stream_that_can_be_written()
    {
        (IDuplexPipe near, _) = DuplexPipe.CreatePair();
        await using Stream stream = near.AsStream();
        using MemoryStream readOnly = new([1], writable: false);
        MemoryStream closed = new();
        await closed.DisposeAsync();

        await Assert.ThrowsAsync<NotSupportedException>(() => stream.CopyToAsync(readOnly).Guarded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.CopyToAsync(closed).Guarded());
        Assert.Throws<NotSupportedException>(() => stream.CopyTo(readOnly));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("bufferSize", () => stream.CopyToAsync(Stream.Null, 0).Guarded());
    }

    private static string Refused(Action act) => Assert.Throws<InvalidOperationException>(act).Message;
}
