using System.IO.Pipelines;

namespace StreamPipes.Tests.Detach;

public abstract partial class DetachConformance
{
    [Fact]
    public async Task Detach_is_refused_during_a_pending_read_and_the_connection_continues()
    {
        await using DetachPair pair = await ConnectAsync();
        Task<ReadResult> read = pair.Connection.Input.ReadAsync().AsTask();

        await ShouldRefuseAsync(pair.Connection);

        pair.Connection.Input.CancelPendingRead();
        pair.Connection.Input.AdvanceTo((await read.Guarded()).Buffer.Start);
        await ShouldTalkAsync(pair.Connection, pair.Peer);
        await ShouldDetachAsync(pair);
    }

    [Fact]
    public async Task Detach_is_refused_after_a_read_without_AdvanceTo_and_the_connection_continues()
    {
        await using DetachPair pair = await ConnectAsync();
        await pair.Peer.WriteAsync("x"u8.ToArray()).Guarded();
        await pair.Peer.FlushAsync().Guarded();
        ReadResult result = await pair.Connection.Input.ReadAsync().Guarded();

        await ShouldRefuseAsync(pair.Connection);

        result.Buffer.FirstSpan[0].Should().Be((byte)'x');
        pair.Connection.Input.AdvanceTo(result.Buffer.End);
        await ShouldTalkAsync(pair.Connection, pair.Peer);
        await ShouldDetachAsync(pair);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Detach_is_accepted_after_a_read_that_CancelPendingRead_ended_whether_or_not_its_bytes_are_given_back(bool isGivenBack)
    {
        CountingMemoryPool pool = new();
        PipeOptions pipe = new(pool, minimumSegmentSize: 4096, useSynchronizationContext: false);
        await using DetachPair pair = await ConnectAsync(new PipeConnectionOptions { ReceivePipeOptions = pipe });
        await pair.Peer.WriteAsync("hello"u8.ToArray()).Guarded();
        await pair.Peer.FlushAsync().Guarded();
        await ReceiveAsync(pair.Connection, 5);
        pair.Connection.Input.CancelPendingRead();
        ReadResult cancelled = await pair.Connection.Input.ReadAsync().Guarded();
        cancelled.IsCanceled.Should().BeTrue();
        if (isGivenBack) pair.Connection.Input.AdvanceTo(cancelled.Buffer.Start);

        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        detached.UnreadBytes.Should().Be(5);
        await ShouldReceiveAsync(detached.Stream, "hello"u8.ToArray());
        await ShouldTalkAsync(detached.Stream, pair.Peer);
        pool.AssertClean();
    }

    [Fact]
    public async Task Detach_is_accepted_after_a_read_that_found_nothing()
    {
        await using DetachPair pair = await ConnectAsync();
        Task<ReadResult> read = pair.Connection.Input.ReadAsync().AsTask();
        pair.Connection.Input.CancelPendingRead();
        (await read.Guarded()).IsCanceled.Should().BeTrue();
        pair.Connection.Input.TryRead(out _).Should().BeFalse();

        await ShouldDetachAsync(pair);
    }

    [Fact]
    public async Task Detach_is_refused_after_a_TryRead_without_AdvanceTo()
    {
        await using DetachPair pair = await ConnectAsync();
        await pair.Peer.WriteAsync("x"u8.ToArray()).Guarded();
        await pair.Peer.FlushAsync().Guarded();
        await ReceiveAsync(pair.Connection, 1);
        pair.Connection.Input.TryRead(out ReadResult result).Should().BeTrue();

        await ShouldRefuseAsync(pair.Connection);

        pair.Connection.Input.AdvanceTo(result.Buffer.End);
        await ShouldDetachAsync(pair);
    }

    [Fact]
    public async Task Detach_is_refused_after_a_completed_output_and_receiving_continues()
    {
        await using DetachPair pair = await ConnectAsync();
        await pair.Connection.Output.CompleteAsync().Guarded();

        await ShouldRefuseAsync(pair.Connection);

        await pair.Peer.WriteAsync("more"u8.ToArray()).Guarded();
        await pair.Peer.FlushAsync().Guarded();
        (await pair.Connection.Input.ReadTextAsync(4)).Should().Be("more");
    }

    [Fact]
    public async Task Detach_is_refused_after_a_completed_input_and_sending_continues()
    {
        await using DetachPair pair = await ConnectAsync();
        pair.Connection.Input.Complete();

        await ShouldRefuseAsync(pair.Connection);

        await pair.Connection.Output.WriteTextAsync("more");
        await ShouldReceiveAsync(pair.Peer, "more"u8.ToArray());
    }

    [Fact]
    public async Task Detach_is_refused_by_a_disposed_connection()
    {
        await using DetachPair pair = await ConnectAsync();
        Task disposing = pair.Connection.DisposeAsync().AsTask();
        await pair.Peer.DisposeAsync().Guarded();
        await disposing.Guarded();

        // An ObjectDisposedException is one.
        await ShouldRefuseAsync(pair.Connection);
    }

    [Fact]
    public async Task A_second_detach_is_refused_and_hurts_nothing()
    {
        await using DetachPair pair = await ConnectAsync();
        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        await ShouldRefuseAsync(pair.Connection);

        await ShouldTalkAsync(detached.Stream, pair.Peer);
    }

    [Fact]
    public async Task Both_ends_refuse_every_call_after_a_detach()
    {
        await using DetachPair pair = await ConnectAsync();
        await pair.Connection.DetachAsync().Guarded();

        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Connection.Input.ReadAsync().Guarded());
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Connection.Output.WriteAsync(new byte[1]).Guarded());
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Connection.Output.FlushAsync().Guarded());
    }

    [Fact]
    public async Task Detach_of_an_aborted_connection_throws_its_reason()
    {
        await using DetachPair pair = await ConnectAsync();
        InvalidDataException reason = new("enough");
        pair.Connection.Abort(reason);

        (await Assert.ThrowsAsync<InvalidDataException>(() => pair.Connection.DetachAsync().Guarded())).Should().BeSameAs(reason);
    }

    [Fact]
    public async Task Detach_with_a_cancelled_token_is_refused_and_the_connection_continues()
    {
        await using DetachPair pair = await ConnectAsync();
        CancellationToken fired = new(canceled: true);

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Connection.DetachAsync(fired).Guarded());

        thrown.CancellationToken.Should().Be(fired);
        await ShouldTalkAsync(pair.Connection, pair.Peer);
        await ShouldDetachAsync(pair);
    }

    [Fact]
    public async Task A_token_that_fires_during_a_detach_ends_the_wait_only_and_every_byte_is_sent_once()
    {
        PipeOptions endless = new(pauseWriterThreshold: 0, useSynchronizationContext: false);
        await using DetachPair pair = await ConnectAsync(new PipeConnectionOptions { SendPipeOptions = endless });
        byte[] payload = Payload.Seeded(32 * Megabyte);
        await pair.Connection.Output.WriteAsync(payload).Guarded();
        using CancellationTokenSource source = new();
        Task<DetachedStream> detaching = pair.Connection.DetachAsync(source.Token).AsTask();
        detaching.IsCompleted.Should().BeFalse("nobody reads");

        await source.CancelAsync();

        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => detaching.Guarded())).CancellationToken.Should().Be(source.Token);
        pair.Connection.CloseReason.Should().Be(CloseReason.None);
        await ShouldReceiveAsync(pair.Peer, payload);
        await ShouldTalkAsync(pair.Connection, pair.Peer);
        await ShouldDetachAsync(pair);
    }

    private static async Task ShouldRefuseAsync(PipeConnection connection) =>
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => connection.DetachAsync().Guarded());

    private static async Task ShouldDetachAsync(DetachPair pair)
    {
        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();
        await ShouldTalkAsync(detached.Stream, pair.Peer);
    }
}
