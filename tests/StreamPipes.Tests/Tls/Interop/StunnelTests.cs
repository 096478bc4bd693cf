#if !LIBRARY_NETSTANDARD
using System.Security.Authentication;

namespace StreamPipes.Tests.Tls.Interop;

/// <summary>A client of ours, stunnel as the terminator of TLS, and a plain server of ours behind it.</summary>
[Collection(nameof(RealServers))]
public sealed class StunnelTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Bytes_come_back_through_stunnel_and_our_half_close_gets_through(SslProtocols protocol)
    {
        using PlainEcho echo = new();
        Task serving = echo.ServeAsync("and that was all");
        await using ForeignTlsServer stunnel = await Stunnel.StartAsync(echo);
        await using PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(await stunnel.ConnectAsync(), TlsOptions.Client(protocol)).Guarded();
        byte[] payload = Payload.Seeded(2_000_000);

        Task<byte[]> received = connection.Input.TakeAllAsync();
        foreach (byte[] piece in payload.Chunk(9_999)) await connection.Output.WriteAsync(piece).Guarded();
        await connection.Output.CompleteAsync().Guarded();

        byte[] bytes = await received.Guarded();
        Payload.HashOf(bytes.AsSpan(0, payload.Length)).Should().Be(Payload.HashOf(payload));
        System.Text.Encoding.UTF8.GetString(bytes.AsSpan(payload.Length)).Should().Be("and that was all");
        await connection.Completion.Guarded();
        await serving.Guarded();
        connection.Tls!.Protocol.Should().Be(protocol);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task The_half_close_of_a_server_behind_stunnel_gets_through_and_we_can_still_send(SslProtocols protocol)
    {
        using PlainEcho behind = new();
        Task<PipeConnection> accepting = behind.AcceptAsync();
        await using ForeignTlsServer stunnel = await Stunnel.StartAsync(behind);
        await using PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(await stunnel.ConnectAsync(), TlsOptions.Client(protocol)).Guarded();
        await using PipeConnection server = await accepting.Guarded();

        await server.Output.WriteTextAsync("welcome");
        await server.Output.CompleteAsync().Guarded();
        (await connection.Input.ReadTextAsync(7)).Should().Be("welcome");
        await connection.Input.ShouldEndAsync();

        await connection.Output.WriteTextAsync("goodbye");
        await connection.Output.CompleteAsync().Guarded();
        (await server.Input.ReadTextAsync(7)).Should().Be("goodbye");
        await server.Input.ShouldEndAsync();
        await connection.Completion.Guarded();
    }

    [Fact]
    public async Task Stunnel_wants_our_certificate()
    {
        using PlainEcho echo = new();
        Task serving = echo.ServeAsync("bye");
        await using ForeignTlsServer stunnel = await Stunnel.StartAsync(echo, "verifyChain = yes");
        await using PipeConnection connection = await TlsConnection.AuthenticateAsClientAsync(
            await stunnel.ConnectAsync(), TlsOptions.Client(certificate: IssuedCertificates.Client)).Guarded();

        await connection.Output.WriteTextAsync("mutual");
        await connection.Output.CompleteAsync().Guarded();

        (await connection.Input.ReadTextAsync(9)).Should().Be("mutualbye");
        await connection.Input.ShouldEndAsync();
        await serving.Guarded();
    }
}
#endif
