using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

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
        return await RunAsync(args, Console.Out, Console.Error, stopping.Token);
    }

    /// <returns>The exit code: 0, 1 if the port or the file cannot be had, 2 after wrong arguments.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (!SampleOptions.TryParse(args, out SampleOptions? options))
        {
            await error.WriteLineAsync(SampleOptions.Usage);
            return 2;
        }

        using X509Certificate2? certificate = options.CertificateFile is null ? null : SampleCertificate.Create();
        LineServerOptions serverOptions = new() { Port = options.Port, Certificate = certificate, MaxLineLength = options.MaxLineLength };
        try
        {
            if (certificate is not null) await File.WriteAllTextAsync(options.CertificateFile!, certificate.ExportCertificatePem(), cancellationToken);
            await using (LineListener listener = LineListener.Start(serverOptions))
            {
                string tryThis = certificate is null
                    ? $"nc -N 127.0.0.1 {listener.Port}"
                    : $"openssl s_client -quiet -connect 127.0.0.1:{listener.Port} -CAfile {options.CertificateFile}";
                await output.WriteLineAsync(FormattableString.Invariant($"listening on 127.0.0.1:{listener.Port}, {(certificate is null ? "without" : "with")} TLS; try: {tryThis}"));
                await output.FlushAsync(CancellationToken.None);
                await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await output.WriteLineAsync("stopped");
            return 0;
        }
        catch (SocketException exception)
        {
            await error.WriteLineAsync(FormattableString.Invariant($"LineServer: cannot listen on port {options.Port}: {exception.Message}"));
            return 1;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"LineServer: cannot write the certificate: {exception.Message}");
            return 1;
        }
    }
}
