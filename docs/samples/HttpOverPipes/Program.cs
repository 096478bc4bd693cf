using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace HttpOverPipes;

/// <summary>Takes a tour of a Kestrel in this process, or with <c>--listen</c> keeps it running for other clients.</summary>
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
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (!SampleOptions.TryParse(args, out SampleOptions? options))
        {
            await error.WriteLineAsync(SampleOptions.Usage);
            return 2;
        }

        using X509Certificate2 certificate = SampleCertificate.Create();
        try
        {
            if (options.CertificateFile is { } file) await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), cancellationToken);
            await using PipeServer server = await PipeServer.StartAsync(certificate, options.Port, options.TlsPort);
            if (options.CertificateFile is null) await Tour.RunAsync(server, certificate, output, cancellationToken);
            else await ListenAsync(server, options.CertificateFile, output, cancellationToken);
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or HttpRequestException or InvalidDataException or OperationCanceledException)
        {
            await error.WriteLineAsync($"HttpOverPipes: {exception.Message.ReplaceLineEndings(" ")}");
            return 1;
        }
    }

    private static async Task ListenAsync(PipeServer server, string file, TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync(FormattableString.Invariant($"try: curl http://localhost:{server.PlainPort}/"));
        await output.WriteLineAsync(FormattableString.Invariant($"try: curl --cacert {file} https://localhost:{server.TlsPort}/"));
        await output.WriteLineAsync("listening");
        await output.FlushAsync(CancellationToken.None);
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await output.WriteLineAsync("stopped");
    }
}
