using System.IO.Pipelines;
using StreamPipes.Tests.Conformance;

namespace StreamPipes.Tests.Detach;

public abstract partial class DetachConformance
{
    private const int Megabyte = 1024 * 1024;

    public static TheoryData<ReadFlavour> ReadFlavours => [.. Enum.GetValues<ReadFlavour>()];

    [Fact]
    public async Task A_detached_stream_is_alive_and_the_callers()
    {
        await using DetachPair pair = await ConnectAsync();
        await ShouldTalkAsync(pair.Connection, pair.Peer);

        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        detached.UnreadBytes.Should().Be(0);
        await ShouldTalkAsync(detached.Stream, pair.Peer);
        await detached.Stream.DisposeAsync();
        (await pair.Peer.ReadAsync(new byte[1]).Guarded()).Should().Be(0);
    }

    [Fact]
    public async Task A_connection_that_was_never_used_can_be_detached()
    {
        await using DetachPair pair = await ConnectAsync();

        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        await ShouldTalkAsync(detached.Stream, pair.Peer);
    }

    [Fact]
    public async Task A_detached_connection_ends_as_detached()
    {
        await using DetachPair pair = await ConnectAsync();

        await pair.Connection.DetachAsync().Guarded();

        await pair.Connection.Completion.Guarded();
        pair.Connection.CloseReason.Should().Be(CloseReason.Detached);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_detach_first_sends_what_was_written_flushed_or_not(bool flushThrough)
    {
        await using DetachPair pair = await ConnectAsync(new PipeConnectionOptions { FlushThrough = flushThrough });
        byte[] payload = Payload.Seeded(100_000);
        Task receiving = ShouldReceiveAsync(pair.Peer, payload);
        await pair.Connection.Output.WriteAsync(payload.AsMemory(0, 50_000)).Guarded();
        pair.Connection.Output.Put(payload.AsSpan(50_000));

        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        pair.Connection.BytesSent.Should().Be(payload.Length);
        await receiving.Guarded();
        await ShouldTalkAsync(detached.Stream, pair.Peer);
    }

    [Theory]
    [MemberData(nameof(ReadFlavours))]
    public async Task Unread_bytes_are_counted_and_come_first_from_a_detached_stream_however_it_is_read(ReadFlavour flavour)
    {
        await using DetachPair pair = await ConnectAsync();
        await pair.Peer.WriteAsync("consumed, unread"u8.ToArray()).Guarded();
        await pair.Peer.FlushAsync().Guarded();
        await ReceiveAsync(pair.Connection, 16);
        (await pair.Connection.Input.ReadTextAsync(10)).Should().Be("consumed, ");

        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        detached.UnreadBytes.Should().Be(6);
        await pair.Peer.WriteAsync(", and new"u8.ToArray()).Guarded();
        await pair.Peer.FlushAsync().Guarded();
        byte[] got = new byte[15];
        for (int count = 0; count < got.Length;)
        {
            // Pieces that do not fit what is in front.
            int read = await StreamFlavours.ReadAsync(detached.Stream, got.AsMemory(count, Math.Min(4, got.Length - count)), flavour).Guarded();
            read.Should().BePositive();
            count += read;
        }

        got.Should().Equal("unread, and new"u8.ToArray());
        await ShouldTalkAsync(detached.Stream, pair.Peer);
    }

    [Fact]
    public async Task Bytes_examined_and_not_consumed_are_unread_after_a_detach()
    {
        await using DetachPair pair = await ConnectAsync();
        await pair.Peer.WriteAsync("half a line"u8.ToArray()).Guarded();
        await pair.Peer.FlushAsync().Guarded();
        await ReceiveAsync(pair.Connection, 11);
        ReadResult result = await pair.Connection.Input.ReadAsync().Guarded();
        pair.Connection.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);

        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        detached.UnreadBytes.Should().Be(11);
        await ShouldReceiveAsync(detached.Stream, "half a line"u8.ToArray());
    }

    [Fact]
    public async Task More_unread_bytes_than_the_pipe_holds_come_back_in_order()
    {
        await using DetachPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(Megabyte);
        Task sending = SendAsync(pair.Peer, payload);
        await ReceiveAsync(pair.Connection, 100_000);

        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        detached.UnreadBytes.Should().BeGreaterThanOrEqualTo(100_000).And.Be(pair.Connection.BytesReceived);
        await ShouldReceiveAsync(detached.Stream, payload);
        await sending.Guarded();
        await ShouldTalkAsync(detached.Stream, pair.Peer);
    }

    [Fact]
    public async Task An_end_that_was_read_before_a_detach_comes_after_the_unread_bytes()
    {
        await using DetachPair pair = await ConnectAsync();
        await pair.Peer.WriteAsync("last words"u8.ToArray()).Guarded();
        await pair.Peer.DisposeAsync().Guarded();
        await ReceiveAsync(pair.Connection, 10);

        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        await ShouldReceiveAsync(detached.Stream, "last words"u8.ToArray());
        (await detached.Stream.ReadAsync(new byte[1]).Guarded()).Should().Be(0);
        await detached.Stream.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_and_abort_after_a_detach_do_nothing()
    {
        await using DetachPair pair = await ConnectAsync();
        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        pair.Connection.Abort(new InvalidDataException("too late"));
        await pair.Connection.DisposeAsync().Guarded();
        pair.Connection.Input.Complete();
        pair.Connection.Output.Complete();

        await pair.Connection.Completion.Guarded();
        pair.Connection.CloseReason.Should().Be(CloseReason.Detached);
        await ShouldTalkAsync(detached.Stream, pair.Peer);
    }

    [Fact]
    public async Task LeaveOpen_makes_no_difference_to_a_detach()
    {
        await using DetachPair pair = await ConnectAsync(new PipeConnectionOptions { LeaveOpen = true });
        await ShouldTalkAsync(pair.Connection, pair.Peer);

        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        await pair.Connection.DisposeAsync().Guarded();
        await ShouldTalkAsync(detached.Stream, pair.Peer);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(16)]
    public async Task A_detach_returns_every_block_to_its_pool(int blockSize)
    {
        CountingMemoryPool pool = new(blockSize);
        PipeOptions pipe = new(pool, minimumSegmentSize: blockSize, useSynchronizationContext: false);
        await using DetachPair pair = await ConnectAsync(new PipeConnectionOptions { ReceivePipeOptions = pipe, SendPipeOptions = pipe });
        await ShouldTalkAsync(pair.Connection, pair.Peer);
        await pair.Peer.WriteAsync(Payload.Seeded(5000)).Guarded();
        await pair.Peer.FlushAsync().Guarded();
        await ReceiveAsync(pair.Connection, 5000);

        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        pool.AssertClean();
        await ShouldReceiveAsync(detached.Stream, Payload.Seeded(5000));
    }

    private static async Task SendAsync(Stream stream, byte[] payload)
    {
        await stream.WriteAsync(payload);
        await stream.FlushAsync();
    }
}
