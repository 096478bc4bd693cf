using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using StreamPipes.Tests.Tls.Interop;

namespace StreamPipes.StackExchangeRedis.Tests.Testing;

/// <summary>A redis-server of its own for a test: a port with TLS, one without and a Unix-domain socket, on the loopback address, nothing on disk.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private const int Attempts = 10;

    private readonly PemFolder _folder;
    private readonly string[] _moreArguments;
    private ExternalProcess? _process;

    private RedisServer(PemFolder folder, ExternalProcess process, int plainPort, int tlsPort, string[] moreArguments)
    {
        _folder = folder;
        _process = process;
        PlainPort = plainPort;
        TlsPort = tlsPort;
        _moreArguments = moreArguments;
    }

    public int PlainPort { get; }

    public int TlsPort { get; }

    /// <summary>The authority of its certificate, to trust.</summary>
    public string AuthorityFile => _folder.Authority;

    private string SocketPath => _folder.PathOf("redis.sock");

    public static async Task<RedisServer> StartAsync(params string[] moreArguments)
    {
        ExternalProgram.Require("redis-server", "redis-server");
        PemFolder folder = new();
        for (int attempt = 1; ; attempt++)
        {
            int plainPort = FreePort.Find();
            int tlsPort = FreePort.Find();
            ExternalProcess process = Launch(folder, plainPort, tlsPort, moreArguments);
            if (await process.WaitForOutputAsync("Ready to accept connections")) return new RedisServer(folder, process, plainPort, tlsPort, moreArguments);

            // Between the search for a free port and its use another program may have taken it.
            bool isTaken = process.Output.Contains("Failed listening", StringComparison.Ordinal);
            string output = process.Output + process.Error;
            await process.DisposeAsync();
            if (isTaken && attempt < Attempts) continue;
            folder.Dispose();
            throw new InvalidOperationException($"redis-server did not start: {output}");
        }
    }

    /// <summary>A configuration that trusts this server's certificate, fails at once, and comes back soon.</summary>
    public ConfigurationOptions Configuration(Way way = Way.Plain)
    {
        ConfigurationOptions configuration = new()
        {
            EndPoints = { EndPoint(way) },
            Ssl = way == Way.Tls,
            SslHost = way == Way.Tls ? "localhost" : null,
            CheckCertificateRevocation = false,
            AbortOnConnectFail = true,
            ConnectRetry = 0,
            HeartbeatInterval = TimeSpan.FromMilliseconds(100),
            ReconnectRetryPolicy = new LinearRetry(50),
            SyncTimeout = (int)HangGuard.Limit.TotalMilliseconds,
            AsyncTimeout = (int)HangGuard.Limit.TotalMilliseconds,
            AllowAdmin = true,
        };
        configuration.TrustIssuer(TestCertificates.Authority);
        return configuration;
    }

    public EndPoint EndPoint(Way way) => way switch
    {
        Way.Tls => new IPEndPoint(IPAddress.Loopback, TlsPort),
        Way.UnixSocket => new UnixDomainSocketEndPoint(SocketPath),
        _ => new IPEndPoint(IPAddress.Loopback, PlainPort),
    };

    /// <summary>Ends the process, without a word to its clients.</summary>
    public async Task KillAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Ends the process and starts another one in its place.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        File.Delete(SocketPath);
        _process = Launch(_folder, PlainPort, TlsPort, _moreArguments);
        if (!await _process.WaitForOutputAsync("Ready to accept connections")) throw new InvalidOperationException($"redis-server did not start again: {_process.Output}{_process.Error}");
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    private static ExternalProcess Launch(PemFolder folder, int plainPort, int tlsPort, string[] moreArguments) => ExternalProcess.Start("redis-server",
    [
        "--bind", "127.0.0.1", "--port", plainPort.ToString(CultureInfo.InvariantCulture), "--tls-port", tlsPort.ToString(CultureInfo.InvariantCulture),
        "--unixsocket", folder.PathOf("redis.sock"),
        "--tls-cert-file", folder.CertificateOf(TestCertificates.Server), "--tls-key-file", folder.KeyOf(TestCertificates.Server),
        "--tls-ca-cert-file", folder.Authority, "--tls-auth-clients", "no",
        "--save", "", "--appendonly", "no", "--dir", folder.PathOf("."),
        .. moreArguments,
    ]);
}
