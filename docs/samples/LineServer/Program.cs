using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using StreamPipes;

namespace LineServer;

/// <summary>Sends every line back, until it is told to stop.</summary>
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
        if (SampleOptions.TryParse(args) is { } options) return await RunAsync(options, stopping.Token);
        await Console.Error.WriteLineAsync(SampleOptions.Usage);
        return 2;
    }

    /// <summary>Who may connect, and for how long a client may be silent, leave what it is sent unread, or hold up the end of the server.</summary>
    public static PipeListenerOptions ListenerOptions(X509Certificate2? certificate) => new()
    {
        Tls = certificate is null ? null : new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) },
        Connection = new PipeConnectionOptions { IdleTimeout = TimeSpan.FromMinutes(10), WriteTimeout = TimeSpan.FromSeconds(30), CloseTimeout = TimeSpan.FromSeconds(3) },
        ShutdownTimeout = TimeSpan.FromSeconds(3),
    };

    /// <returns>The exit code: 0, or 1 if the port or the file cannot be had.</returns>
    private static async Task<int> RunAsync(SampleOptions options, CancellationToken stopping)
    {
        using X509Certificate2? certificate = options.CertificateFile is null ? null : SampleCertificate.Create();
        try
        {
            if (certificate is not null) await File.WriteAllTextAsync(options.CertificateFile!, certificate.ExportCertificatePem(), stopping);
            await using PipeListener listener = SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, options.Port), ListenerOptions(certificate));
            int port = ((IPEndPoint)listener.LocalEndPoint).Port;
            string tryThis = certificate is null ? $"nc -N 127.0.0.1 {port}" : $"openssl s_client -quiet -connect 127.0.0.1:{port} -CAfile {options.CertificateFile}";
            Console.WriteLine($"listening on 127.0.0.1:{port}, {(certificate is null ? "without" : "with")} TLS; try: {tryThis}");
            await listener.ServeAsync((client, token) => new LineSession(client, options.MaxLineLength).RunAsync(token), stopping);
            Console.WriteLine("stopped");
            return 0;
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            string what = exception is SocketException ? $"listen on port {options.Port}" : "write the certificate";
            await Console.Error.WriteLineAsync($"LineServer: cannot {what}: {exception.Message}");
            return 1;
        }
    }
}
