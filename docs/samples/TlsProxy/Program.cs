using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StreamPipes;

namespace TlsProxy;

/// <summary>Takes a tour of proxies and servers in this process; with a port it is one proxy, until it is stopped.</summary>
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

    /// <returns>The exit code: 0, 1 after an error, which is one line, 2 after wrong arguments.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (!SampleOptions.TryParse(args, out SampleOptions? options))
        {
            await error.WriteLineAsync(SampleOptions.Usage);
            return 2;
        }

        try
        {
            if (options.Port is { } port) await ListenAsync(options, port, output, error, cancellationToken);
            else await Tour.RunAsync(output, cancellationToken);
            return 0;
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or CryptographicException or OperationCanceledException)
        {
            string what = exception is SocketException ? FormattableString.Invariant($"cannot listen on port {options.Port}: ") : "";
            await error.WriteLineAsync($"TlsProxy: {what}{exception.Message.ReplaceLineEndings(" ")}");
            return 1;
        }
    }

    private static async Task ListenAsync(SampleOptions options, int port, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        using X509Certificate2? certificate = options.CertificateFile is { } file ? SampleCertificate.Load(file) : null;
        Proxy proxy = new(new ProxyOptions
        {
            ListenAt = new IPEndPoint(IPAddress.Loopback, port),
            Tls = certificate is null ? null : new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) },
            TrustedProxies = options.TrustedProxies,
            Backend = options.Backend?.EndPoint,
            Routes = options.Routes,
            BackendTls = options.IsTlsToBackend ? Trust.For(options.Backend!.Value.Host, LoadAuthorities(options.AuthorityFile)) : null,
            ProxyVersion = options.ProxyVersion,
            Report = (client, fault) => error.WriteLine($"TlsProxy: {client}: {fault.Message.ReplaceLineEndings(" ")}"),
        });
        await using PipeListener listener = proxy.Listen();
        await output.WriteLineAsync($"listening on {listener.LocalEndPoint}, {(certificate is null ? "without" : "with")} TLS");
        await output.FlushAsync(CancellationToken.None);
        await listener.ServeAsync(proxy.ServeAsync, cancellationToken);
        await output.WriteLineAsync("stopped");
    }

    private static X509Certificate2Collection? LoadAuthorities(string? file)
    {
        if (file is null) return null;
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException($"there is no certificate in {file}");
    }
}
