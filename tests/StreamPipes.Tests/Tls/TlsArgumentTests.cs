#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Security;

namespace StreamPipes.Tests.Tls;

/// <summary>Wrong arguments are named at once, and touch nothing.</summary>
public sealed class TlsArgumentTests
{
    private static readonly SslClientAuthenticationOptions Client = TlsOptions.Client();

    private static readonly SslServerAuthenticationOptions Server = TlsOptions.Server();

    [Fact]
    public void A_missing_transport_is_named()
    {
        Assert.Throws<ArgumentNullException>("transport", () => { _ = TlsConnection.AuthenticateAsClientAsync((Stream)null!, Client); });
        Assert.Throws<ArgumentNullException>("transport", () => { _ = TlsConnection.AuthenticateAsClientAsync((IDuplexPipe)null!, Client); });
        Assert.Throws<ArgumentNullException>("transport", () => { _ = TlsConnection.AuthenticateAsServerAsync((Stream)null!, Server); });
        Assert.Throws<ArgumentNullException>("transport", () => { _ = TlsConnection.AuthenticateAsServerAsync((IDuplexPipe)null!, Server); });
    }

    [Fact]
    public void Missing_TLS_options_are_named_and_the_transport_is_left_alone()
    {
        ScriptedStream stream = new();
        IDuplexPipe pipe = DuplexPipe.CreatePair().Item1;

        Assert.Throws<ArgumentNullException>("tls", () => { _ = TlsConnection.AuthenticateAsClientAsync(stream, null!); });
        Assert.Throws<ArgumentNullException>("tls", () => { _ = TlsConnection.AuthenticateAsClientAsync(pipe, null!); });
        Assert.Throws<ArgumentNullException>("tls", () => { _ = TlsConnection.AuthenticateAsServerAsync(stream, (SslServerAuthenticationOptions)null!); });
        Assert.Throws<ArgumentNullException>("tls", () => { _ = TlsConnection.AuthenticateAsServerAsync(pipe, (SslServerAuthenticationOptions)null!); });
        stream.IsDisposed.Should().BeFalse();
        stream.Calls(StreamOperation.Write).Should().Be(0);
    }

    [Fact]
    public void A_stream_that_is_not_duplex_is_refused()
    {
        Assert.Throws<ArgumentException>("transport", () => { _ = TlsConnection.AuthenticateAsClientAsync(new MemoryStream(), Client); });
        Assert.Throws<ArgumentException>("transport", () => { _ = TlsConnection.AuthenticateAsServerAsync(new BufferedStream(new ScriptedStream()), Server); });
    }

    [Fact]
    public async Task Options_that_TLS_itself_refuses_let_the_transport_go()
    {
        ScriptedStream transport = new();

        await Thrown.SurelyByAsync(() => TlsConnection.AuthenticateAsServerAsync(transport, new SslServerAuthenticationOptions()).Guarded());

        await transport.Disposed.Guarded();
    }

    [Fact]
    public async Task A_connection_that_has_ended_is_no_transport()
    {
        PipeConnection transport = StreamConnection.Create(new ScriptedStream());
        await transport.DisposeAsync().Guarded();

        Exception thrown = await Thrown.SurelyByAsync(() => TlsConnection.AuthenticateAsClientAsync(transport, Client).Guarded());

        thrown.Should().BeAssignableTo<InvalidOperationException>();
    }
}
#endif
