#if !LIBRARY_NETSTANDARD
using System.Net;

namespace StreamPipes.Tests.Detach;

/// <summary>NATS: the server greets in the clear, and everything else is TLS.</summary>
[Collection(nameof(RealServers))]
public sealed class RealNatsTests
{
    [Fact]
    public async Task Publish_and_subscribe_go_through_TLS_after_the_greeting()
    {
        await using NatsServer server = await NatsServer.StartAsync();
        PipeConnection plain = await SocketConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port)).Guarded();
        string greeting = await plain.Input.ReadLineAsync();
        greeting.Should().StartWith("INFO {").And.Contain("\"tls_required\":true");
        DetachedStream detached = await plain.DetachAsync().Guarded();
        detached.UnreadBytes.Should().Be(0);

        PipeConnection tls = await TlsConnection.AuthenticateAsClientAsync(detached.Stream, TestCertificates.ClientOptions()).Guarded();

        await tls.Output.WriteLineAsync("""CONNECT {"verbose":false,"pedantic":false,"tls_required":true,"lang":"csharp","version":"1"}""");
        await tls.Output.WriteLineAsync("PING");
        await ShouldSayAsync(tls, "PONG");
        await tls.Output.WriteTextAsync("SUB greetings 1\r\nPUB greetings 5\r\nhello\r\n");
        await ShouldSayAsync(tls, "MSG greetings 1 5");
        await ShouldSayAsync(tls, "hello");
        await tls.DisposeAsync().Guarded();
        await tls.Completion.Guarded();
        tls.CloseReason.Should().Be(CloseReason.LocalClose);
    }

    /// <summary>The server may send news of its cluster in between.</summary>
    private static async Task ShouldSayAsync(PipeConnection connection, string expected)
    {
        string line = await connection.Input.ReadLineAsync();
        while (line.StartsWith("INFO ", StringComparison.Ordinal)) line = await connection.Input.ReadLineAsync();
        line.Should().Be(expected);
    }
}
#endif
