using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Processes;

/// <summary>A redis-server on free ports of the loopback address, one with TLS and one without; nothing of it stays.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _folder;

    private RedisServer(Process process, string folder, IPEndPoint plain, IPEndPoint tls)
    {
        _process = process;
        _folder = folder;
        Plain = plain;
        Tls = tls;
    }

    public IPEndPoint Plain { get; }

    public IPEndPoint Tls { get; }

    public static async Task<RedisServer> StartAsync()
    {
        string folder = Directory.CreateTempSubdirectory("streampipes-redis-").FullName;
        string certificate = Path.Combine(folder, "server.pem");
        string key = Path.Combine(folder, "server.key");
        await File.WriteAllTextAsync(certificate, LoopbackTls.Certificate.ExportCertificatePem());
        using (ECDsa secret = LoopbackTls.Certificate.GetECDsaPrivateKey()!) await File.WriteAllTextAsync(key, secret.ExportPkcs8PrivateKeyPem());
        IPEndPoint plain = FreePort();
        IPEndPoint tls = FreePort();
        string[] arguments =
        [
            "--bind", "127.0.0.1", "--port", Text(plain), "--tls-port", Text(tls), "--tls-cert-file", certificate, "--tls-key-file", key,
            "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no", "--save", "", "--appendonly", "no", "--dir", folder,
        ];
        Process process = Process.Start(new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        RedisServer server = new(process, folder, plain, tls);
        try
        {
            await server.WaitUntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitUntilReadyAsync()
    {
        using CancellationTokenSource limit = new(StartLimit);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is string line)
        {
            if (!line.Contains("Ready to accept connections", StringComparison.Ordinal)) continue;

            // Read on, or it would stop one day with its pipe full.
            _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return;
        }

        throw new InvalidOperationException("redis-server ended instead of listening.");
    }

    private static IPEndPoint FreePort()
    {
        using Socket socket = Link.Listen();
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private static string Text(IPEndPoint endPoint) => endPoint.Port.ToString(CultureInfo.InvariantCulture);
}
