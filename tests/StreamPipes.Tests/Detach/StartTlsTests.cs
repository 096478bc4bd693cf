#if !LIBRARY_NETSTANDARD
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Detach;

/// <summary>STARTTLS with the library in both roles, and what somebody on the way may try.</summary>
public sealed class StartTlsTests
{
    [Fact]
    public async Task Both_roles_upgrade_and_talk_inside_TLS()
    {
        (PipeConnection plainClient, PipeConnection plainServer) = await ConnectAsync();
        Task<PipeConnection> serving = StartTlsDialogue.ServeAsync(plainServer);
        PipeConnection client = await StartTlsDialogue.UpgradeAsync(plainClient).Guarded();
        PipeConnection server = await serving.Guarded();

        await client.Output.WriteLineAsync("EHLO client.test");
        (await server.Input.ReadLineAsync()).Should().Be("EHLO client.test");
        await server.Output.WriteLineAsync("250 mail.test");
        (await client.Input.ReadLineAsync()).Should().Be("250 mail.test");

        client.Tls!.Protocol.Should().Be(SslProtocols.Tls13);
        plainClient.CloseReason.Should().Be(CloseReason.Detached);
        plainServer.CloseReason.Should().Be(CloseReason.Detached);
        await Task.WhenAll(client.DisposeAsync().AsTask(), server.DisposeAsync().AsTask()).Guarded();
        await client.Completion.Guarded();
        await server.Completion.Guarded();
    }

    [Fact]
    public async Task A_command_injected_behind_STARTTLS_is_refused_by_the_server()
    {
        (PipeConnection attacker, PipeConnection plainServer) = await ConnectAsync();
        Task<PipeConnection> serving = StartTlsDialogue.ServeAsync(plainServer);
        await attacker.Output.WriteLineAsync("EHLO client.test");
        for (int line = 0; line < 3; line++) await attacker.Input.ReadLineAsync();

        await attacker.Output.WriteTextAsync("STARTTLS\r\nMAIL FROM:<mallory@test>\r\n");

        (await Assert.ThrowsAsync<InvalidDataException>(() => serving.Guarded())).Message.Should().StartWith("26 bytes");

        // Not even the go-ahead.
        await ShouldBeOverAsync(attacker);
    }

    [Fact]
    public async Task An_answer_injected_behind_the_go_ahead_is_refused_by_the_client()
    {
        (PipeConnection plainClient, PipeConnection attacker) = await ConnectAsync();
        Task<PipeConnection> upgrading = StartTlsDialogue.UpgradeAsync(plainClient);
        await attacker.Output.WriteLineAsync("220 mail.test ready");
        await attacker.Input.ReadLineAsync();
        await attacker.Output.WriteTextAsync("250-mail.test\r\n250 STARTTLS\r\n");
        await attacker.Input.ReadLineAsync();

        await attacker.Output.WriteTextAsync("220 go ahead\r\n250 all yours\r\n");

        (await Assert.ThrowsAsync<InvalidDataException>(() => upgrading.Guarded())).Message.Should().StartWith("15 bytes");
        await ShouldBeOverAsync(attacker);
    }

    [Fact]
    public async Task A_command_injected_after_the_go_ahead_fails_the_handshake_instead_of_being_obeyed()
    {
        (PipeConnection attacker, PipeConnection plainServer) = await ConnectAsync();
        Task<PipeConnection> serving = StartTlsDialogue.ServeAsync(plainServer);
        await attacker.Output.WriteLineAsync("EHLO client.test");
        for (int line = 0; line < 3; line++) await attacker.Input.ReadLineAsync();
        await attacker.Output.WriteLineAsync("STARTTLS");
        (await attacker.Input.ReadLineAsync()).Should().Be("220 go ahead");
        await plainServer.Completion.Guarded();

        await attacker.Output.WriteLineAsync("MAIL FROM:<mallory@test>");

        Exception thrown = await Thrown.SurelyByAsync(() => serving.Guarded());
        thrown.Should().Match(e => e is AuthenticationException || e is IOException);
        attacker.Abort();
    }

    private static async Task<(PipeConnection Client, PipeConnection Server)> ConnectAsync()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return (SocketConnection.Create(client), SocketConnection.Create(server));
    }

    private static async Task ShouldBeOverAsync(PipeConnection connection)
    {
        await connection.Input.ShouldEndAsync();
        await connection.DisposeAsync().Guarded();
    }
}
#endif
