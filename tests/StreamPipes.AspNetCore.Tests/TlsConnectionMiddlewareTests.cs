using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using StreamPipes.AspNetCore.Tests.Testing;

namespace StreamPipes.AspNetCore.Tests;

/// <summary>The library's TLS in the place of Kestrel's.</summary>
public sealed class TlsConnectionMiddlewareTests
{
    /// <summary>A type of TLS record.</summary>
    private const byte Alert = 21;

    [Theory]
    [InlineData("1.1", SslProtocols.Tls12)]
    [InlineData("1.1", SslProtocols.Tls13)]
    [InlineData("2.0", SslProtocols.Tls12)]
    [InlineData("2.0", SslProtocols.Tls13)]
    public async Task The_application_protocol_negotiated_by_TLS_is_spoken(string version, SslProtocols protocol)
    {
        SslServerAuthenticationOptions tls = TestCertificates.ServerOptions(protocol);
        tls.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        await using TestServer server = await TestServer.StartAsync(listen => listen.UseTlsConnection(tls));
        using HttpClient client = new(new SocketsHttpHandler { SslOptions = TestCertificates.ClientOptions(protocol) })
        {
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        (await client.GetStringAsync(server.Address("https")).Guarded()).Should().Be($"https HTTP/{(version[0] == '2' ? "2" : "1.1")}");
        byte[] body = new byte[3_000_000];
        Random.Shared.NextBytes(body);
        using ByteArrayContent content = new(body);
        using HttpResponseMessage echo = await client.PostAsync(server.Address("https"), content).Guarded();
        (await echo.Content.ReadAsByteArrayAsync().Guarded()).AsSpan().SequenceEqual(body).Should().BeTrue();
    }

    [Fact]
    public async Task A_client_can_tell_the_end_of_a_connection_from_a_cut_wire()
    {
        await using TestServer server = await TestServer.StartAsync(listen => listen.UseTlsConnection(TestCertificates.ServerOptions(SslProtocols.Tls12)));
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.EndPoint).Guarded();
        ReadLogStream records = new(new NetworkStream(socket));
        await using SslStream client = new(records);
        await client.AuthenticateAsClientAsync(TestCertificates.ClientOptions(SslProtocols.Tls12)).Guarded();
        await client.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).Guarded();
        using MemoryStream answer = new();
        await client.CopyToAsync(answer).Guarded();
        Encoding.ASCII.GetString(answer.ToArray()).Should().Contain("https HTTP/1.1");
        LastRecordType(records.Bytes).Should().Be(Alert, "close_notify is an alert");
    }

    [Fact]
    public async Task A_handshake_that_fails_is_a_debug_message_and_the_next_client_is_served()
    {
        await using TestServer server = await TestServer.StartAsync(listen => listen.UseTlsConnection(TestCertificates.ServerOptions()));
        await using (PipeConnection plain = await SocketConnection.ConnectAsync(server.EndPoint).Guarded())
        {
            await plain.Output.WriteTextAsync("GET / HTTP/1.1\r\n\r\n");
            await server.Log.WaitForAsync("Debug StreamPipes.AspNetCore.Tls: The TLS handshake of the connection").Guarded();
        }

        using HttpClient client = new(new SocketsHttpHandler { SslOptions = TestCertificates.ClientOptions() });
        (await client.GetStringAsync(server.Address("https")).Guarded()).Should().Be("https HTTP/1.1");
        server.Log.Lines.Should().NotContain(line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_dropped_in_time()
    {
        PipeConnectionOptions options = new() { HandshakeTimeout = TimeSpan.FromMilliseconds(50) };
        await using TestServer server = await TestServer.StartAsync(listen => listen.UseTlsConnection(TestCertificates.ServerOptions(), options));
        await using PipeConnection silent = await SocketConnection.ConnectAsync(server.EndPoint).Guarded();
        await server.Log.WaitForAsync("The TLS handshake of the connection").Guarded();
    }

    private static byte LastRecordType(ReadOnlySpan<byte> records)
    {
        byte type = 0;
        while (!records.IsEmpty)
        {
            type = records[0];
            records = records[(5 + BinaryPrimitives.ReadUInt16BigEndian(records[3..]))..];
        }

        return type;
    }

    private sealed class ReadLogStream(Stream inner) : WrappingStream(inner)
    {
        private readonly MemoryStream _bytes = new();

        public byte[] Bytes => _bytes.ToArray();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await base.ReadAsync(buffer, cancellationToken);
            _bytes.Write(buffer.Span[..count]);
            return count;
        }
    }
}
