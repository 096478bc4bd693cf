#if !LIBRARY_NETSTANDARD
namespace StreamPipes.Tests.Detach;

/// <summary>Both roles of a mail-like protocol that upgrades to TLS in mid-stream, and refuses whatever came before the handshake.</summary>
internal static class StartTlsDialogue
{
    /// <summary>A server's side up to the first command inside TLS.</summary>
    public static async Task<PipeConnection> ServeAsync(PipeConnection plain)
    {
        await plain.Output.WriteLineAsync("220 mail.test ready");
        await ExpectAsync(plain, "EHLO client.test");
        await plain.Output.WriteLineAsync("250-mail.test");
        await plain.Output.WriteLineAsync("250 STARTTLS");
        await ExpectAsync(plain, "STARTTLS");

        // Detached before the go-ahead: a client begins its handshake as soon as it reads that, and those bytes are no injection.
        Stream stream = await DetachCleanAsync(plain);
        await stream.WriteAsync("220 go ahead\r\n"u8.ToArray());
        return await TlsConnection.AuthenticateAsServerAsync(stream, TestCertificates.ServerOptions());
    }

    /// <summary>A client's side up to the end of the handshake.</summary>
    public static async Task<PipeConnection> UpgradeAsync(PipeConnection plain)
    {
        await ExpectAsync(plain, "220 mail.test ready");
        await plain.Output.WriteLineAsync("EHLO client.test");
        await ExpectAsync(plain, "250-mail.test");
        await ExpectAsync(plain, "250 STARTTLS");
        await plain.Output.WriteLineAsync("STARTTLS");
        await ExpectAsync(plain, "220 go ahead");
        Stream stream = await DetachCleanAsync(plain);
        return await TlsConnection.AuthenticateAsClientAsync(stream, TestCertificates.ClientOptions());
    }

    private static async Task ExpectAsync(PipeConnection connection, string line) => (await connection.Input.ReadLineAsync()).Should().Be(line);

    private static async Task<Stream> DetachCleanAsync(PipeConnection plain)
    {
        DetachedStream detached = await plain.DetachAsync().Guarded();
        if (detached.UnreadBytes == 0) return detached.Stream;
        await detached.Stream.DisposeAsync();
        throw new InvalidDataException($"{detached.UnreadBytes} bytes were sent in the clear before the handshake: nobody knows by whom.");
    }
}
#endif
