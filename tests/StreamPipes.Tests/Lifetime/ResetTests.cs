using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Lifetime;

/// <summary>What the peer of an aborted connection sees: a reset on sockets, also through TLS, and an error through our own streams.</summary>
public sealed class ResetTests
{
    [Fact]
    public async Task An_abort_resets_the_peers_socket()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        await ShouldResetAsync(StreamConnection.Create(pair.Client), pair.Server);
    }

    [Fact]
    public async Task An_abort_resets_the_peers_socket_where_there_is_no_stream()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        await using NetworkStream peer = new(server, ownsSocket: true);
        await ShouldResetAsync(SocketConnection.Create(client), peer);
    }

    [Fact]
    public async Task An_abort_resets_the_peers_socket_through_TLS()
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        await ShouldResetAsync(StreamConnection.Create(pair.Client), pair.Server);
    }

    [Fact]
    public async Task An_abort_resets_the_peers_socket_through_TLS_over_a_pipe()
    {
        await using StreamPair pair = await StreamPairs.TlsOverPipeAsync();
        await ShouldResetAsync(StreamConnection.Create(pair.Client), pair.Server);
    }

    [Fact]
    public async Task Completing_the_output_with_an_exception_resets_the_peers_socket()
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        PipeConnection connection = StreamConnection.Create(pair.Client);
        Task<int> read = pair.Server.ReadAsync(new byte[100]).AsTask();

        connection.Output.Complete(new InvalidDataException("the source broke"));

        await ShouldBeResetAsync(read);
    }

    [Fact]
    public async Task An_orderly_close_that_is_cut_short_resets_the_peers_socket()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        PipeConnection connection = StreamConnection.Create(pair.Client);
        StuckFlush stuck = await StuckFlush.OverflowAsync(connection.Output);
        Task disposing = connection.DisposeAsync().AsTask();

        connection.Abort();

        await Assert.ThrowsAsync<IOException>(() => stuck.Flush.Guarded());
        await disposing.Guarded();
        await ShouldBeResetAsync(pair.Server.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task An_abort_gives_the_peer_over_an_in_memory_pair_an_error()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        PipeConnection connection = StreamConnection.Create(near.AsStream());
        ValueTask<ReadResult> read = far.Input.ReadAsync();

        connection.Abort();

        await Assert.ThrowsAsync<IOException>(() => read.Guarded());
    }

    private static async Task ShouldResetAsync(PipeConnection connection, Stream peer)
    {
        await connection.Output.WriteTextAsync("hello");
        byte[] buffer = new byte[100];
        await peer.ReadExactlyAsync(buffer.AsMemory(0, 5)).Guarded();
        Task<int> read = peer.ReadAsync(buffer).AsTask();

        connection.Abort();

        await ShouldBeResetAsync(read);
    }

    private static async Task ShouldBeResetAsync(Task read)
    {
        IOException thrown = await Assert.ThrowsAnyAsync<IOException>(() => read.Guarded());
        (thrown.GetBaseException() as SocketException)?.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        thrown.GetBaseException().Should().BeOfType<SocketException>();
    }
}
