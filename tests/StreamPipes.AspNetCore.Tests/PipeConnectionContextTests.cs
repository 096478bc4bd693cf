using System.IO.Pipelines;
using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using StreamPipes.AspNetCore.Tests.Testing;

namespace StreamPipes.AspNetCore.Tests;

/// <summary>A connection as a <see cref="ConnectionContext"/>.</summary>
public sealed class PipeConnectionContextTests
{
    [Fact]
    public async Task A_connection_context_talks_through_its_connection_and_knows_its_addresses()
    {
        (IDuplexPipe client, PipeConnection connection) = Connect();
        IPEndPoint here = new(IPAddress.Loopback, 1);
        IPEndPoint there = new(IPAddress.Loopback, 2);
        await using PipeConnectionContext context = new(connection, here, there);
        await PipeExtensions.ShouldTalkAsync(client, context.Transport);
        context.Connection.Should().BeSameAs(connection);
        context.LocalEndPoint.Should().BeSameAs(here);
        context.RemoteEndPoint.Should().BeSameAs(there);
    }

    [Fact]
    public async Task Properties_of_a_connection_context_show_in_its_features_and_the_other_way_round()
    {
        (IDuplexPipe client, PipeConnection connection) = Connect();
        await using PipeConnectionContext context = new(connection);
        context.Features.Get<IConnectionTransportFeature>()!.Transport = client;
        context.Transport.Should().BeSameAs(client);
        context.Items["key"] = "value";
        context.Features.Get<IConnectionItemsFeature>()!.Items["key"].Should().Be("value");
        context.ConnectionId = "id";
        context.Features.Get<IConnectionIdFeature>()!.ConnectionId.Should().Be("id");
        context.Features.Get<IConnectionEndPointFeature>()!.RemoteEndPoint.Should().BeNull();
        context.Features.Get<ITlsConnectionFeature>().Should().BeNull();
    }

    [Fact]
    public async Task Every_connection_has_a_name_of_its_own()
    {
        await using PipeConnectionContext one = new(Connect().Connection);
        await using PipeConnectionContext other = new(Connect().Connection);
        one.ConnectionId.Should().NotBeEmpty().And.NotBe(other.ConnectionId);
    }

    [Fact]
    public async Task ConnectionClosed_fires_when_the_peer_ends_its_side_although_nobody_reads_and_what_it_sent_can_be_read()
    {
        (IDuplexPipe client, PipeConnection connection) = Connect();
        await using PipeConnectionContext context = new(connection);
        Task closed = Fired(context.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed);
        await client.Output.WriteTextAsync("bye");
        closed.IsCompleted.Should().BeFalse("the peer has only written");
        await client.Output.CompleteAsync();
        await closed.Guarded();
        (await context.Transport.Input.ReadTextAsync(3)).Should().Be("bye");
        await context.Transport.Input.ShouldEndAsync();
        await context.Transport.Output.WriteTextAsync("good bye");
        (await client.Input.ReadTextAsync(8)).Should().Be("good bye");
    }

    [Fact]
    public async Task ConnectionClosed_does_not_fire_because_this_side_reads_no_more()
    {
        (IDuplexPipe client, PipeConnection connection) = Connect();
        await using PipeConnectionContext context = new(connection);
        await context.Transport.Input.CompleteAsync();
        await context.Transport.Output.WriteTextAsync("still here");
        (await client.Input.ReadTextAsync(10)).Should().Be("still here");
        context.ConnectionClosed.IsCancellationRequested.Should().BeFalse();
        Task closed = Fired(context.ConnectionClosed);
        await context.Transport.Output.CompleteAsync().Guarded();
        await closed.Guarded();
    }

    [Fact]
    public async Task An_abort_is_thrown_by_reads_ends_flushes_and_fires_the_token()
    {
        (IDuplexPipe _, PipeConnection connection) = Connect();
        await using PipeConnectionContext context = new(connection);
        Task closed = Fired(context.ConnectionClosed);
        Task<ReadResult> reading = context.Transport.Input.ReadAsync().AsTask();
        ConnectionAbortedException reason = new("enough");
        context.Abort(reason);
        (await FluentActions.Awaiting(() => reading.Guarded()).Should().ThrowAsync<ConnectionAbortedException>()).Which.Should().BeSameAs(reason);
        (await context.Transport.Output.FlushAsync().Guarded()).IsCompleted.Should().BeTrue();
        await closed.Guarded();
        connection.CloseReason.Should().Be(CloseReason.Aborted);
    }

    [Fact]
    public async Task Disposing_a_connection_context_sends_what_was_written_and_twice_is_once()
    {
        (IDuplexPipe client, PipeConnection connection) = Connect();
        PipeConnectionContext context = new(connection);
        context.Transport.Output.Put("last words"u8);
        Task disposing = context.DisposeAsync().AsTask();
        (await client.Input.ReadTextAsync(10)).Should().Be("last words");
        await client.Input.ShouldEndAsync();
        await disposing.Guarded();
        await context.DisposeAsync().Guarded();
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
    }

    [Fact]
    public async Task A_connection_context_over_TLS_tells_what_was_negotiated()
    {
        (IDuplexPipe client, IDuplexPipe server) = DuplexPipe.CreatePair();
        Task<PipeConnection> connecting = TlsConnection.AuthenticateAsClientAsync(client, TestCertificates.ClientOptions());
        PipeConnection connection = await TlsConnection.AuthenticateAsServerAsync(server, TestCertificates.ServerOptions()).Guarded();
        await using PipeConnection peer = await connecting.Guarded();
        await using PipeConnectionContext context = new(connection);
        ITlsHandshakeFeature handshake = context.Features.Get<ITlsHandshakeFeature>()!;
        handshake.Protocol.Should().Be(SslProtocols.Tls13);
        handshake.NegotiatedCipherSuite.Should().Be(connection.Tls!.CipherSuite);
        handshake.HostName.Should().Be("localhost");
        context.Features.Get<ITlsApplicationProtocolFeature>()!.ApplicationProtocol.IsEmpty.Should().BeTrue();
        context.Features.Get<ITlsConnectionFeature>()!.ClientCertificate.Should().BeNull();
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Kestrel_serves_HTTP_over_a_transport_that_is_no_socket(string scheme)
    {
        InMemoryTransport transport = new();
        await using TestServer server = await TestServer.StartAsync(transport, transport, listen =>
        {
            listen.UseStreamLayer(stream => new ByteCountingStream(stream));
            if (scheme is "https") listen.UseTlsConnection(TestCertificates.ServerOptions());
        });
        using HttpClient client = new(new SocketsHttpHandler { ConnectCallback = (_, _) => new ValueTask<Stream>(transport.Connect()), SslOptions = TestCertificates.ClientOptions() });
        for (int i = 0; i < 3; i++) (await client.GetStringAsync(new Uri($"{scheme}://localhost/")).Guarded()).Should().Be($"{scheme} HTTP/1.1");
    }

    [Fact]
    public async Task TLS_of_the_library_runs_directly_on_a_connection_context()
    {
        InMemoryTransport transport = new();
        await using TestServer server = await TestServer.StartAsync(transport, transport, listen => listen.UseTlsConnection(TestCertificates.ServerOptions()));
        using HttpClient client = new(new SocketsHttpHandler { ConnectCallback = (_, _) => new ValueTask<Stream>(transport.Connect()), SslOptions = TestCertificates.ClientOptions() });
        (await client.GetStringAsync(new Uri("https://localhost/")).Guarded()).Should().Be("https HTTP/1.1");
    }

    private static (IDuplexPipe Client, PipeConnection Connection) Connect()
    {
        (IDuplexPipe client, IDuplexPipe server) = DuplexPipe.CreatePair();
        return (client, StreamConnection.Create(server.AsStream()));
    }

    private static Task Fired(CancellationToken token)
    {
        TaskCompletionSource fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(fired.SetResult);
        return fired.Task;
    }
}
