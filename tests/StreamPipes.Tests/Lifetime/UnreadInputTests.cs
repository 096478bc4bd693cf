#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Lifetime;

/// <summary>
/// The row "graceful close with unread input": a socket closed with unread bytes resets the peer, who then loses what it has not read yet. The
/// rounds are those of <see cref="LongRun"/>.
/// </summary>
public sealed class UnreadInputTests
{
    // More than the peer's side of the kernel takes at once: the rest waits on our side, where a reset drops it.
    private const int Megabyte = 1024 * 1024;

    // More than the small pipe and its read ahead take.
    private const int Reply = 50_000;

    [Fact]
    public Task A_TLS_client_that_never_reads_its_session_tickets_still_delivers_everything() => LongRun.RepeatAsync(LongRun.Times(20), async round =>
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        await ShouldDeliverAsync(StreamConnection.Create(pair.Client), pair.Server, Payload.Seeded(Megabyte, round));
    });

    [Fact]
    public Task An_unread_reply_does_not_cost_the_peer_anything() => LongRun.RepeatAsync(LongRun.Times(20), async round =>
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        PipeConnection client = StreamConnection.Create(pair.Client, SmallPipe.ForConnection);
        await pair.Server.WriteAsync(Payload.Seeded(Reply)).AsTask().Guarded();
        await ShouldDeliverAsync(client, pair.Server, Payload.Seeded(Megabyte, round));
    });

    [Fact]
    public Task An_unread_reply_over_TLS_does_not_cost_the_peer_anything() => LongRun.RepeatAsync(LongRun.Times(20), async round =>
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        PipeConnection client = StreamConnection.Create(pair.Client, SmallPipe.ForConnection);
        await pair.Server.WriteAsync(Payload.Seeded(Reply)).AsTask().Guarded();
        await ShouldDeliverAsync(client, pair.Server, Payload.Seeded(Megabyte, round));
    });

    [Fact]
    public Task An_unread_reply_on_a_socket_without_a_stream_does_not_cost_the_peer_anything() => LongRun.RepeatAsync(LongRun.Times(20), async round =>
    {
        (Socket near, Socket far) = await SocketPair.TcpAsync();
        await using NetworkStream peer = new(far, ownsSocket: true);
        PipeConnection client = SocketConnection.Create(near, SmallPipe.ForConnection);
        await peer.WriteAsync(Payload.Seeded(Reply)).AsTask().Guarded();
        await ShouldDeliverAsync(client, peer, Payload.Seeded(Megabyte, round));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task An_unread_reply_behind_a_writer_over_a_duplex_stream_does_not_cost_the_peer_anything(bool tls) => LongRun.RepeatAsync(LongRun.Times(20), async round =>
    {
        await using StreamPair pair = tls ? await StreamPairs.TlsAsync() : await StreamPairs.TcpAsync();
        byte[] payload = Payload.Seeded(Megabyte, round);
        await pair.Server.WriteAsync(Payload.Seeded(Reply)).AsTask().Guarded();
        PipeWriter writer = StreamConnection.CreateWriter(pair.Client);
        writer.Put(payload);
        await ShouldDeliverAsync(writer.CompleteAsync().AsTask(), pair.Server, payload);
    });

    [Fact]
    public async Task The_wait_for_the_peers_own_close_is_bounded_and_ends_without_an_error()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        ManualTimeProvider clock = new();
        PipeConnection client = StreamConnection.Create(pair.Client, clock.Options());
        client.Output.Put("goodbye"u8);
        Task disposing = client.DisposeAsync().AsTask();
        byte[] got = new byte[8];
        await pair.Server.ReadExactlyAsync(got.AsMemory(0, 7)).Guarded();
        (await pair.Server.ReadAsync(got).Guarded()).Should().Be(0);
        disposing.IsCompleted.Should().BeFalse("the peer has not closed");

        // The look at the peer, sooner than the limit: before that the half-close itself is still under way.
        await clock.WaitForTimerWithinAsync(TimeSpan.FromSeconds(1)).Guarded();
        clock.Advance(Clockwork.CloseTimeout);

        await disposing.Guarded();
        await client.Completion.Guarded();
        client.CloseReason.Should().Be(CloseReason.LocalClose);
    }

    private static async Task ShouldDeliverAsync(PipeConnection client, Stream peer, byte[] payload)
    {
        client.Output.Put(payload);
        await ShouldDeliverAsync(client.DisposeAsync().AsTask(), peer, payload);
        client.Completion.IsCompletedSuccessfully.Should().BeTrue();
    }

    private static async Task ShouldDeliverAsync(Task sending, Stream peer, byte[] payload)
    {
        // Orders nothing: whoever closes too early gets the time to do it, before the peer has taken its bytes from the kernel.
        await Task.WhenAny(sending, Task.Delay(30));
        using MemoryStream got = new();
        await peer.CopyToAsync(got).Guarded();
        Payload.HashOf(got.ToArray()).Should().Be(Payload.HashOf(payload));
        await peer.DisposeAsync().Guarded();
        await sending.Guarded();
    }
}
#endif
