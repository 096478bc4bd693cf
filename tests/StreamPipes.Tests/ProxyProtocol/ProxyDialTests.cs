#if !LIBRARY_NETSTANDARD
using System.Net;
using System.Net.Sockets;
using StreamPipes.Tests.Listening;

namespace StreamPipes.Tests.ProxyProtocol;

/// <summary>A header that the dialer sends.</summary>
public sealed class ProxyDialTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_header_is_sent_at_once_since_the_server_may_be_the_first_to_speak(int version)
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        ProxyHeader header = new(Headers.Client, Headers.Server, version);
        await using PipeConnection client = await SocketConnection.ConnectAsync(server.LocalEndpoint, new PipeConnectionOptions { ProxyHeader = header }).Guarded();
        using Socket accepted = await server.AcceptSocketAsync().Guarded();

        (await TakeAsync(accepted, header.ToArray().Length)).Should().Equal(header.ToArray());
        client.BytesSent.Should().Be(0, "the header is none of the connection's bytes");
        await client.Output.WriteTextAsync("hello");
        (await TakeAsync(accepted, 5)).Should().Equal("hello"u8.ToArray());
        client.Abort();
    }

    [Fact]
    public async Task Before_TLS_the_header_goes_out_in_one_send_with_the_clients_hello()
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        byte[] header = new ProxyHeader(Headers.Client, Headers.Server).ToArray();
        using CancellationTokenSource giveUp = new();
        Task<PipeConnection> connecting = TlsConnection.ConnectAsync(
            server.LocalEndpoint, TestCertificates.ClientOptions(), new PipeConnectionOptions { ProxyHeader = ProxyHeaderOf(header) }, giveUp.Token);
        using Socket accepted = await server.AcceptSocketAsync().Guarded();

        byte[] first = new byte[10_000];
        int count = await accepted.ReceiveAsync(first).Guarded();

        first.AsSpan(0, header.Length).ToArray().Should().Equal(header);
        count.Should().BeGreaterThan(header.Length + 100);
        first.AsSpan(header.Length, 2).ToArray().Should().Equal(0x16, 0x03);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Guarded());
    }

    [Fact]
    public async Task A_server_that_has_gone_fails_the_connecting_and_the_socket_is_closed()
    {
        Socket? socket = null;
        PipeConnectionOptions options = new() { ProxyHeader = ProxyHeader.Local, ConfigureSocket = made => socket = made };
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        EndPoint where = server.LocalEndpoint;
        server.Stop();

        await Assert.ThrowsAsync<SocketException>(() => SocketConnection.ConnectAsync(where, options).Guarded());

        socket!.SafeHandle.IsClosed.Should().BeTrue();
    }

    [Fact]
    public async Task A_proxy_passes_the_address_of_its_client_on()
    {
        await using PipeListener back = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { ProxyProtocol = true });
        await using PipeListener front = SocketConnection.Listen(Clients.Loopback);
        Task<PipeConnection> backAccepting = back.AcceptAsync().AsTask();
        Task<PipeConnection> frontAccepting = front.AcceptAsync().AsTask();
        await using PipeConnection client = await Clients.ConnectAsync(front);
        PipeConnection received = await frontAccepting.Guarded();
        PipeConnection dialed = await SocketConnection.ConnectAsync(
            back.LocalEndPoint, new PipeConnectionOptions { ProxyHeader = new ProxyHeader(received.RemoteEndPoint, received.LocalEndPoint) }).Guarded();
        Task<RelayResult> relaying = received.RelayAsync(dialed);
        await using PipeConnection server = await backAccepting.Guarded();

        await PipeExtensions.ShouldTalkAsync(client, server);

        server.RemoteEndPoint.Should().Be(client.LocalEndPoint);
        server.LocalEndPoint.Should().Be(front.LocalEndPoint);
        await client.Output.CompleteAsync().Guarded();
        await server.Output.CompleteAsync().Guarded();
        await relaying.Guarded();
        client.Abort();
        server.Abort();
    }

    private static async Task<byte[]> TakeAsync(Socket socket, int count)
    {
        byte[] bytes = new byte[count];
        await using NetworkStream stream = new(socket, ownsSocket: false);
        await stream.ReadExactlyAsync(bytes).AsTask().Guarded();
        return bytes;
    }

    private static ProxyHeader ProxyHeaderOf(byte[] bytes)
    {
        System.Buffers.ReadOnlySequence<byte> buffer = new(bytes);
        ProxyHeader.TryRead(ref buffer, out ProxyHeader? header).Should().BeTrue();
        return header!;
    }
}
#endif
