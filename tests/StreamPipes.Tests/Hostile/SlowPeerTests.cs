#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Hostile;

/// <summary>Peers that take their time: a byte now and then, in one direction or the other.</summary>
public sealed class SlowPeerTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    private readonly ManualTimeProvider _clock = new();
    private readonly MemoryDuplexStream _peer;
    private readonly PipeConnection _connection;

    public SlowPeerTests()
    {
        (MemoryDuplexStream near, _peer) = MemoryDuplexStream.CreatePair();
        _connection = StreamConnection.Create(near, new PipeConnectionOptions { IdleTimeout = Limit, WriteTimeout = Limit, TimeProvider = _clock });
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Abort();
        await _peer.DisposeAsync();
    }

    [Fact]
    public async Task IdleTimeout_counts_from_the_last_byte_so_that_a_slow_writer_lives_on_for_as_long_as_it_writes()
    {
        for (int i = 0; i < 50; i++)
        {
            _clock.Advance(Limit - Moment);
            await _peer.WriteAsync("x"u8.ToArray()).Guarded();
            await _connection.Input.TakeAsync(1);
        }

        _connection.CloseReason.Should().Be(CloseReason.None);
        _clock.Advance(Limit + Moment);

        (await Assert.ThrowsAsync<TimeoutException>(() => _connection.Completion.Guarded())).Message.Should().Contain(nameof(PipeConnectionOptions.IdleTimeout));
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_limit_for_a_whole_message_is_the_readers_own_token_and_the_connection_can_be_ended_with_it()
    {
        (MemoryDuplexStream near, MemoryDuplexStream peer) = MemoryDuplexStream.CreatePair();
        PipeConnection connection = StreamConnection.Create(near);
        using CancellationTokenSource whole = new(Limit, _clock);
        Task<ReadResult> message = connection.Input.ReadAtLeastAsync(100, whole.Token).AsTask();
        for (int i = 0; i < 10; i++)
        {
            message.IsCompleted.Should().BeFalse();
            await peer.WriteAsync("x"u8.ToArray()).Guarded();
            _clock.Advance(Limit / 10);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => message.Guarded());
        connection.Abort(new TimeoutException("a message took too long"));
        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded())).Message.Should().Be("a message took too long");
    }

    [Fact]
    public async Task A_slow_reader_gets_everything_and_costs_no_more_than_the_threshold()
    {
        CountingMemoryPool pool = new();
        PipeConnectionOptions options = new() { SendPipeOptions = Bounds.PipeOptions(pool) };
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        using Socket peer = server;
        peer.ReceiveBufferSize = 4096;
        byte[] bytes = Payload.Seeded(600_000);
        PipeConnection connection = SocketConnection.Create(client, options);
        Task writing = WriteAsync(connection.Output, bytes);

        byte[] received = new byte[bytes.Length];
        for (int count = 0; count < received.Length;)
        {
            // A byte at a time while it hurts, and then what there is.
            int size = count < 2000 ? 1 : received.Length - count;
            count += await peer.ReceiveAsync(received.AsMemory(count, size)).AsTask().Guarded();
            Bounds.ShouldHold(pool);
        }

        await writing.Guarded();
        received.Should().Equal(bytes);
        await connection.DisposeAsync().Guarded();
        pool.AssertClean();
    }

    private static async Task WriteAsync(PipeWriter output, byte[] bytes)
    {
        for (int written = 0; written < bytes.Length; written += 1000) await output.WriteAsync(bytes.AsMemory(written, Math.Min(1000, bytes.Length - written)));
    }
}
#endif
