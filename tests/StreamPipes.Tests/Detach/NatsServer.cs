#if !LIBRARY_NETSTANDARD
using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamPipes.Tests.Detach;

/// <summary>A nats-server of its own for a test: on the loopback address, on a port of its own choice, TLS after the greeting.</summary>
internal sealed partial class NatsServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly ExternalProcess _process;

    private NatsServer(TemporaryFolder folder, ExternalProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public static async Task<NatsServer> StartAsync()
    {
        ExternalProgram.Require("nats-server", "nats-server");
        TemporaryFolder folder = new();
        ServerFiles.WriteCertificate(folder);
        string settings = folder.Write("nats.conf", $$"""
            host: "127.0.0.1"
            port: -1
            tls {
              cert_file: "{{folder.PathOf(ServerFiles.Certificate)}}"
              key_file: "{{folder.PathOf(ServerFiles.Key)}}"
            }
            """);
        ExternalProcess process = ServerFiles.Start("nats-server", "-c", settings);
        if (await process.WaitForOutputAsync("Server is ready"))
        {
            Match port = ListeningPort().Match(process.Output);
            return new NatsServer(folder, process, int.Parse(port.Groups["port"].Value, CultureInfo.InvariantCulture));
        }

        string output = process.Output;
        await process.DisposeAsync();
        folder.Dispose();
        throw new InvalidOperationException($"nats-server did not start: {output}");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.TerminateAsync();
        await _process.WaitForExitAsync();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    [GeneratedRegex(@"client connections on 127\.0\.0\.1:(?<port>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListeningPort();
}
#endif
