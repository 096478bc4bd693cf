using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RedisTls;

/// <summary>
/// Without arguments: starts a small TLS server in this process and takes a tour of it. With <c>--server</c> the tour goes to a real Redis, with
/// <c>--listen</c> the small server waits for other clients.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        using CancellationTokenSource stopping = new();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await RunAsync(args, Console.Out, Console.Error, stopping.Token);
    }

    /// <returns>The exit code: 0, 1 after an error that was told in one line, 2 after wrong arguments.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        if (!SampleOptions.TryParse(args, out SampleOptions? options))
        {
            await error.WriteLineAsync(SampleOptions.Usage);
            return 2;
        }

        try
        {
            if (options.Listens) await ListenAsync(options, output, cancellationToken);
            else if (options.Host is null) await TourEmbeddedServerAsync(options, output, cancellationToken);
            else await RedisTour.RunAsync(ClientOptions(options, options.Host, options.Port), output, cancellationToken);
            return 0;
        }
        catch (Exception exception) when (Complaint.IsExpected(exception))
        {
            await error.WriteLineAsync(Complaint.Of(exception, options));
            return 1;
        }
    }

    private static async Task TourEmbeddedServerAsync(SampleOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        using CertificateAuthority authority = CertificateAuthority.Create();
        using X509Certificate2 certificate = authority.IssueForThisMachine();
        await using RespServer server = RespServer.Start(ServerOptions(options, certificate));
        RedisClientOptions client = ClientOptions(options, "localhost", server.Port) with { Authorities = authority.ToTrustStore() };
        await RedisTour.RunAsync(client, output, cancellationToken);
    }

    private static async Task ListenAsync(SampleOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        using CertificateAuthority authority = CertificateAuthority.Create();
        using X509Certificate2 certificate = authority.IssueForThisMachine();
        await using RespServer server = RespServer.Start(ServerOptions(options, certificate));
        if (options.IsPlain)
        {
            await output.WriteLineAsync(FormattableString.Invariant($"listening on 127.0.0.1:{server.Port}, without TLS"));
            await output.WriteLineAsync(FormattableString.Invariant($"try: redis-cli -p {server.Port} ping"));
            await WaitForStopAsync(output, cancellationToken);
            return;
        }

        string authorityFile = Path.GetFullPath(options.AuthorityFile ?? "redistls-ca.pem");
        await File.WriteAllTextAsync(authorityFile, authority.CertificatePem, cancellationToken);
        await output.WriteLineAsync(FormattableString.Invariant($"listening on 127.0.0.1:{server.Port}, certificate authority in {authorityFile}"));
        await output.WriteLineAsync(FormattableString.Invariant($"try: redis-cli --tls --cacert {authorityFile} -p {server.Port} ping"));
        await WaitForStopAsync(output, cancellationToken);
    }

    private static async Task WaitForStopAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await output.FlushAsync(CancellationToken.None);
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await output.WriteLineAsync("stopped");
    }

    private static RespServerOptions ServerOptions(SampleOptions options, X509Certificate2 certificate) => new()
    {
        Certificate = options.IsPlain ? null : certificate,
        Port = options.Listens ? options.Port : 0,
        User = options.User ?? "default",
        Password = options.Password,
    };

    private static RedisClientOptions ClientOptions(SampleOptions options, string host, int port) => new()
    {
        Host = host,
        Port = port,
        UseTls = !options.IsPlain,
        Authorities = options.AuthorityFile is null || options.Host is null ? null : LoadAuthorities(options.AuthorityFile),
        User = options.User,
        Password = options.Password,
        Protocol = options.Protocol,
    };

    private static X509Certificate2Collection LoadAuthorities(string file)
    {
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPemFile(file);
        if (authorities.Count == 0) throw new CryptographicException("there is none in it");
        return authorities;
    }
}
