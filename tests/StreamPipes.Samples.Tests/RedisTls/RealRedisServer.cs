using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>A redis-server of its own for a test: one port with TLS and one without, on the loopback address, on free ports, nothing on disk.</summary>
internal sealed class RealRedisServer : IAsyncDisposable
{
    private const int Attempts = 10;

    private readonly TemporaryFolder _folder;
    private readonly ExternalProcess _process;

    private RealRedisServer(TemporaryFolder folder, ExternalProcess process, int port, int plainPort)
    {
        _folder = folder;
        _process = process;
        Port = port;
        PlainPort = plainPort;
    }

    public int Port { get; }

    /// <summary>The port without TLS.</summary>
    public int PlainPort { get; }

    public string AuthorityFile => _folder.PathOf("ca.pem");

    public static async Task<RealRedisServer> StartAsync(params string[] moreArguments)
    {
        ExternalProgram.Require("redis-server", "redis-server");
        TemporaryFolder folder = new();
        WriteCertificates(folder);
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort.Find();
            int plainPort = FreePort.Find();
            ExternalProcess process = ExternalProcess.Start("redis-server", [.. Arguments(folder, port, plainPort), .. moreArguments]);
            if (await process.WaitForOutputAsync("Ready to accept connections")) return new RealRedisServer(folder, process, port, plainPort);

            // Between the search for a free port and its use somebody else may have taken it.
            bool isTaken = process.Output.Contains("Failed listening", StringComparison.Ordinal);
            string output = process.Output + process.Error;
            await process.DisposeAsync();
            if (isTaken && attempt < Attempts) continue;
            folder.Dispose();
            throw new InvalidOperationException($"redis-server did not start: {output}");
        }
    }

    public RedisClientOptions Options() => new()
    {
        Host = "127.0.0.1",
        Port = Port,
        Authorities = [X509CertificateLoader.LoadCertificateFromFile(AuthorityFile)],
    };

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string[] Arguments(TemporaryFolder folder, int port, int plainPort) =>
    [
        "--bind", "127.0.0.1", "--port", plainPort.ToString(CultureInfo.InvariantCulture), "--tls-port", port.ToString(CultureInfo.InvariantCulture),
        "--tls-cert-file", folder.PathOf("server.pem"), "--tls-key-file", folder.PathOf("server.key"),
        "--tls-ca-cert-file", folder.PathOf("ca.pem"), "--tls-auth-clients", "no",
        "--save", "", "--appendonly", "no", "--dir", folder.PathOf("."),
    ];

    private static void WriteCertificates(TemporaryFolder folder)
    {
        using CertificateAuthority authority = CertificateAuthority.Create();
        using X509Certificate2 certificate = authority.IssueForThisMachine();
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        folder.Write("ca.pem", authority.CertificatePem);
        folder.Write("server.pem", certificate.ExportCertificatePem());
        folder.Write("server.key", key.ExportPkcs8PrivateKeyPem());
    }
}
