using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace StreamPipes.Tests.Tls.Interop;

/// <summary>A TLS server that is somebody else's program, on a loopback port of its own, for one test.</summary>
internal sealed class ForeignTlsServer : IAsyncDisposable
{
    private const int Attempts = 10;

    private readonly PemFolder _files;

    private ForeignTlsServer(ExternalProcess process, PemFolder files, int port)
    {
        Process = process;
        _files = files;
        Port = port;
    }

    public ExternalProcess Process { get; }

    public int Port { get; }

    /// <summary>Starts a program that takes port 0 and says which port it got.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments, given the folder with the certificates.</param>
    /// <param name="ready">What it says when it listens, just before the port.</param>
    public static async Task<ForeignTlsServer> StartAsync(string program, Func<PemFolder, string[]> arguments, string ready)
    {
        PemFolder files = new();
        ExternalProcess process = ExternalProcess.Start(program, arguments(files));
        if (await process.WaitForOutputAsync(ready))
        {
            await process.WaitForOutputAsync("\n");
            Match port = Regex.Match(process.Output, Regex.Escape(ready) + @"127\.0\.0\.1:(\d+)", RegexOptions.None, HangGuard.Limit);
            return new ForeignTlsServer(process, files, int.Parse(port.Groups[1].Value, CultureInfo.InvariantCulture));
        }

        throw await FailAsync(process, files);
    }

    /// <summary>Starts a program that has to be told its port: another one if somebody was faster to take it.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments, given the folder with the certificates and the port.</param>
    /// <param name="ready">What it says when it listens.</param>
    public static async Task<ForeignTlsServer> StartOnAsync(string program, Func<PemFolder, int, string[]> arguments, string ready)
    {
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort.Find();
            PemFolder files = new();
            ExternalProcess process = ExternalProcess.Start(program, arguments(files, port));
            if (await process.WaitForOutputAsync(ready)) return new ForeignTlsServer(process, files, port);
            InvalidOperationException failure = await FailAsync(process, files);
            if (attempt == Attempts || !failure.Message.Contains("Address already in use", StringComparison.Ordinal)) throw failure;
        }
    }

    /// <summary>A plain connection to it; TLS is the test's.</summary>
    public ValueTask<PipeConnection> ConnectAsync() => SocketConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port));

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _files.Dispose();
    }

    private static async Task<InvalidOperationException> FailAsync(ExternalProcess process, PemFolder files)
    {
        string output = process.Output + process.Error;
        await process.DisposeAsync();
        files.Dispose();
        return new InvalidOperationException($"The server did not start: {output}");
    }
}
