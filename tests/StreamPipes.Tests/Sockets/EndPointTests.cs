using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Sockets;

/// <summary>The addresses of a connection.</summary>
public sealed class EndPointTests
{
    [Fact]
    public async Task A_connection_over_a_socket_has_the_addresses_of_the_socket_also_after_its_end()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        (EndPoint? local, EndPoint? remote) = (client.LocalEndPoint, client.RemoteEndPoint);
        PipeConnection connection = SocketConnection.Create(client);
        server.Dispose();
        await connection.DisposeAsync().Guarded();

        connection.LocalEndPoint.Should().Be(local);
        connection.RemoteEndPoint.Should().Be(remote);
    }

    [Fact]
    public async Task A_connection_over_streams_has_the_addresses_of_the_socket_below_them()
    {
        await using StreamPair tcp = await StreamPairs.TcpAsync();
        await using StreamPair tls = await StreamPairs.TlsAsync();
        foreach (Stream stream in new[] { tcp.Client, tls.Client })
        {
            PipeConnection connection = StreamConnection.Create(stream);

            connection.LocalEndPoint.Should().BeOfType<IPEndPoint>().Which.Port.Should().BePositive();
            connection.RemoteEndPoint.Should().BeOfType<IPEndPoint>().Which.Port.Should().BePositive();
            connection.RemoteEndPoint.Should().NotBe(connection.LocalEndPoint);
            connection.Abort();
        }
    }

    [Fact]
    public async Task A_detached_stream_has_the_addresses_of_its_socket_under_the_next_connection()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        PipeConnection first = SocketConnection.Create(client);
        await using PipeConnection second = StreamConnection.Create((await first.DetachAsync().Guarded()).Stream);

        second.RemoteEndPoint.Should().Be(first.RemoteEndPoint).And.NotBeNull();

        second.Abort();
        server.Dispose();
    }

    [Fact]
    public async Task A_Unix_domain_client_knows_where_the_server_is_and_the_server_no_name_of_the_client()
    {
        (Socket client, Socket server) = await SocketPair.UnixAsync();
        string path = server.LocalEndPoint!.ToString()!;
        PipeConnection near = SocketConnection.Create(client);
        PipeConnection far = SocketConnection.Create(server);

        (near.LocalEndPoint, near.RemoteEndPoint?.ToString()).Should().Be((null, path));
        (far.LocalEndPoint?.ToString(), far.RemoteEndPoint).Should().Be((path, null));

        near.Abort();
        far.Abort();
    }

    [Fact]
    public void A_connection_without_a_socket_has_no_addresses()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream());

        connection.LocalEndPoint.Should().BeNull();
        connection.RemoteEndPoint.Should().BeNull();

        connection.Abort();
    }
}
