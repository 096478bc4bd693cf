using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Lifetime;

/// <summary>How completing Output reaches the peer: FIN, close_notify, the completion of our own streams; and nothing where there is no half-close.</summary>
public sealed class HalfCloseTests
{
    private readonly byte[] _buffer = new byte[100];

    [Fact]
    public async Task A_TCP_peer_sees_the_end_and_can_still_answer()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        await ShouldHalfCloseAsync(pair);
    }

    [Fact]
    public async Task A_peer_over_a_Unix_socket_sees_the_end_and_can_still_answer()
    {
        await using StreamPair pair = await StreamPairs.UnixAsync();
        await ShouldHalfCloseAsync(pair);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_over_a_socket_without_a_stream_sees_the_end_and_can_still_answer(bool unix)
    {
        (Socket client, Socket server) = unix ? await SocketPair.UnixAsync() : await SocketPair.TcpAsync();
        await using NetworkStream peer = new(server, ownsSocket: true);
        await ShouldHalfCloseAsync(SocketConnection.Create(client), peer);
    }

    [Fact]
    public async Task A_TLS_peer_sees_the_end_and_can_still_answer()
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        await ShouldHalfCloseAsync(pair);
    }

    [Fact]
    public async Task A_TLS_peer_sees_close_notify_where_nothing_else_could_tell_it()
    {
        StreamPair inner = StreamPairs.Unknown();
        await using StreamPair pair = await StreamPairs.TlsOverAsync(inner.Client, inner.Server, System.Security.Authentication.SslProtocols.Tls13);
        await ShouldHalfCloseAsync(pair);
    }

    [Fact]
    public async Task A_peer_through_our_own_stream_sees_the_end_and_can_still_answer()
    {
        await using StreamPair pair = StreamPairs.InMemory();
        await ShouldHalfCloseAsync(pair);
    }

    [Fact]
    public async Task Half_close_passes_through_stacked_adapters()
    {
        await using StreamPair pair = await StreamPairs.StackedTwiceAsync();
        await ShouldHalfCloseAsync(pair);
    }

    [Fact]
    public async Task Half_close_passes_through_TLS_over_a_pipe()
    {
        await using StreamPair pair = await StreamPairs.TlsOverPipeAsync();
        await ShouldHalfCloseAsync(pair);
    }

    [Fact]
    public async Task A_stream_without_half_close_is_left_alone()
    {
        ScriptedStream stream = new();
        await using PipeConnection connection = StreamConnection.Create(stream);

        await connection.Output.CompleteAsync().Guarded();

        stream.IsDisposed.Should().BeFalse();
        stream.Read("still talking").Eof();
        (await connection.Input.ReadTextAsync(13)).Should().Be("still talking");
        await connection.Input.ShouldEndAsync();
    }

    private Task ShouldHalfCloseAsync(StreamPair pair) => ShouldHalfCloseAsync(StreamConnection.Create(pair.Client), pair.Server);

    private async Task ShouldHalfCloseAsync(PipeConnection connection, Stream peer)
    {
        await using PipeConnection disposed = connection;
        ValueTask<ReadResult> read = connection.Input.ReadAsync();
        connection.Output.Put("question"u8);

        await connection.Output.CompleteAsync().Guarded();

        await peer.ReadExactlyAsync(_buffer.AsMemory(0, 8)).Guarded();
        (await peer.ReadAsync(_buffer).Guarded()).Should().Be(0);
        connection.Completion.IsCompleted.Should().BeFalse();
        await peer.WriteAsync("answer"u8.ToArray()).Guarded();
        await peer.FlushAsync().Guarded();
        ReadResult result = await read.Guarded();
        connection.Input.AdvanceTo(result.Buffer.Start);
        (await connection.Input.ReadTextAsync(6)).Should().Be("answer");
        await peer.DisposeAsync().Guarded();
        await connection.Input.ShouldEndAsync();
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.RemoteClose);
    }
}
