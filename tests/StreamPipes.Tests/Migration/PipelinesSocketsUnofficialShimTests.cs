using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Old = Pipelines.Sockets.Unofficial;

namespace StreamPipes.Tests.Migration;

/// <summary>The file that the migration page offers does what its names promise, over real sockets.</summary>
public sealed class PipelinesSocketsUnofficialShimTests
{
    [Fact]
    public async Task A_client_of_the_old_names_exchanges_bytes_and_ends_with_a_server()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Task serving = EchoAsync(listener);

        await using Old.SocketConnection client = await Old.SocketConnection.ConnectAsync(listener.LocalEndPoint!, onConnected: Greet).Guarded();
        client.Socket.NoDelay.Should().BeTrue();
        await client.Output.WriteTextAsync(", world");
        await client.Output.CompleteAsync().AsTask().Guarded();
        (await client.Input.ReadTextAsync(12)).Should().Be("hello, world");
        (await client.Input.ReadAsync().Guarded()).IsCompleted.Should().BeTrue();
        (client.BytesSent, client.BytesRead).Should().Be((12, 12));
        await serving.Guarded();

        static Task Greet(Old.SocketConnection connection) => connection.Output.WriteTextAsync("hello");
    }

    [Fact]
    public async Task A_dispose_that_nobody_waits_for_sends_everything()
    {
        (Socket near, Socket far) = await SocketPair.TcpAsync();
        byte[] payload = new byte[1 << 20];
        Old.SocketConnection sender = Old.SocketConnection.Create(near, new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        await sender.Output.WriteAsync(payload).Guarded();
        sender.Dispose();
        await using NetworkStream receiver = new(far, ownsSocket: true);
        MemoryStream received = new();
        await receiver.CopyToAsync(received).Guarded();
        received.ToArray().Should().Equal(payload);
    }

    [Fact]
    public async Task A_refused_connection_throws_and_leaves_no_socket()
    {
        using Socket closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using Socket own = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        Func<Task> connecting = () => Old.SocketConnection.ConnectAsync(closed.LocalEndPoint!, socket: own);

        await connecting.Should().ThrowAsync<SocketException>();
        own.SafeHandle.IsClosed.Should().BeTrue();
    }

    [Fact]
    public async Task A_stream_becomes_a_pipe_and_a_stream_again_and_stays_the_callers()
    {
        StreamPair pair = await StreamPairs.TcpAsync();
        IDuplexPipe pipe = Old.StreamConnection.GetDuplex(pair.Client);
        await using (Stream stream = Old.StreamConnection.GetDuplex(pipe))
        {
            await stream.WriteAsync("ping"u8.ToArray()).AsTask().Guarded();
            byte[] buffer = new byte[4];
            await pair.Server.ReadExactlyAsync(buffer).AsTask().Guarded();
            await pair.Server.WriteAsync("pong"u8.ToArray()).AsTask().Guarded();
            await stream.ReadExactlyAsync(buffer).AsTask().Guarded();
            buffer.Should().Equal("pong"u8.ToArray());
        }

        pair.Client.CanWrite.Should().BeTrue();
        await pair.Client.DisposeAsync();
        (await pair.Server.ReadAsync(new byte[1]).AsTask().Guarded()).Should().Be(0);
        await pair.Server.DisposeAsync();
    }

    [Fact]
    public async Task One_way_streams_become_a_reader_and_a_writer_and_streams_again()
    {
        MemoryStream target = new();
        PipeWriter writer = Old.StreamConnection.GetWriter(target);
        await using (Stream output = Old.StreamConnection.GetWriter(writer)) await output.WriteAsync("text"u8.ToArray()).AsTask().Guarded();
        await writer.CompleteAsync().AsTask().Guarded();

        PipeReader reader = Old.StreamConnection.GetReader(new MemoryStream(target.ToArray()));
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        await using Stream joined = Old.StreamConnection.GetDuplex(reader, near.Output);
        await joined.CopyToAsync(joined).Guarded();
        (await far.Input.ReadTextAsync(4)).Should().Be("text");
    }

    /// <summary>A server on the old names, for one client.</summary>
    private static async Task EchoAsync(Socket listener)
    {
        Socket accepted = await listener.AcceptAsync();
        await using Old.SocketConnection connection = Old.SocketConnection.Create(accepted);
        await connection.Input.CopyToAsync(connection.Output);
        await connection.Output.CompleteAsync();
    }
}
