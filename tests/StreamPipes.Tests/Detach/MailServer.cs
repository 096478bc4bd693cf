#if !LIBRARY_NETSTANDARD
using System.Net;
using System.Net.Sockets;
using StreamPipes.Tests.Tls;

namespace StreamPipes.Tests.Detach;

/// <summary>As much of a mail server as a client needs to upgrade and to say hello again: EHLO, STARTTLS, NOOP, QUIT.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    private MailServer() => _listener.Start();

    public string Port => FormattableString.Invariant($"{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public static MailServer Start() => new();

    /// <summary>Serves one client until it quits.</summary>
    /// <returns>The commands that came inside TLS.</returns>
    public async Task<string[]> ServeOneAsync()
    {
        PipeConnection plain = SocketConnection.Create(await _listener.AcceptSocketAsync());
        await plain.Output.WriteLineAsync("220 mail.test ready");
        while (await plain.Input.ReadLineAsync() is var command && !command.StartsWith("STARTTLS", StringComparison.OrdinalIgnoreCase))
        {
            await plain.Output.WriteTextAsync("250-mail.test\r\n250 STARTTLS\r\n");
        }

        await using PipeConnection secured = await TlsConnection.UpgradeAsServerAsync(plain, "220 Ready to start TLS\r\n"u8.ToArray(), TlsOptions.Server());
        List<string> commands = [];
        bool isLast;
        do
        {
            commands.Add(await secured.Input.ReadLineAsync());
            isLast = commands[^1].StartsWith("QUIT", StringComparison.OrdinalIgnoreCase);
            await secured.Output.WriteLineAsync(isLast ? "221 goodbye" : "250 as you wish");
        }
        while (!isLast);
        return [.. commands];
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return default;
    }
}
#endif
