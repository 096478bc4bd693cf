#if !LIBRARY_NETSTANDARD
using System.Net;

namespace StreamPipes.Tests.Detach;

/// <summary>PostgreSQL's SSLRequest: one question in the clear, and TLS after the answer.</summary>
[Collection(nameof(RealServers))]
public sealed class RealPostgresTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_query_goes_through_TLS_after_the_upgrade(bool detachByHand)
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        PipeConnection plain = await SocketConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port)).Guarded();
        await plain.Output.WriteAsync(PostgresMessages.SslRequest).Guarded();
        (await plain.Input.ReadTextAsync(1)).Should().Be("S");

        PipeConnection tls = await (detachByHand ? DetachAsync(plain) : TlsConnection.AuthenticateAsClientAsync(plain, TestCertificates.ClientOptions())).Guarded();

        plain.CloseReason.Should().Be(CloseReason.Detached);
        await tls.Output.WriteStartupAsync(PostgresServer.User);
        await tls.Input.ReadUntilAsync('Z');
        await tls.Output.WriteMessageAsync('Q', "select 42, ssl from pg_stat_ssl where pid = pg_backend_pid() and ssl");
        PostgresMessages.FirstColumn(await tls.Input.ReadUntilAsync('D')).Should().Be("42");
        await tls.Input.ReadUntilAsync('Z');
        await tls.Output.WriteMessageAsync('X');
        await tls.Input.ShouldEndAsync();
        await tls.DisposeAsync().Guarded();
        await tls.Completion.Guarded();
        tls.CloseReason.Should().Be(CloseReason.RemoteClose);
    }

    private static async Task<PipeConnection> DetachAsync(PipeConnection plain)
    {
        DetachedStream detached = await plain.DetachAsync().Guarded();
        detached.UnreadBytes.Should().Be(0, "more than the answer would have been sent by somebody else");
        return await TlsConnection.AuthenticateAsClientAsync(detached.Stream, TestCertificates.ClientOptions()).Guarded();
    }
}
#endif
