#if !LIBRARY_NETSTANDARD
using System.Net;
using StreamPipes.Tests.Tls.Interop;

namespace StreamPipes.Tests.ProxyProtocol;

/// <summary>A HAProxy of its own for one test, on free ports of the loopback address.</summary>
internal sealed class Haproxy : IAsyncDisposable
{
    private readonly ExternalProcess _process;
    private readonly PemFolder _files;

    private Haproxy(ExternalProcess process, PemFolder files, int port)
    {
        _process = process;
        _files = files;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <param name="sections">What follows the defaults, given the folder with the certificates and the port to listen at.</param>
    public static async Task<Haproxy> StartAsync(Func<PemFolder, int, string> sections)
    {
        ExternalProgram.Require("haproxy", "haproxy");
        PemFolder files = new();
        int port = 0;
        try
        {
            // It is asked whether it is ready at a port of its own: a connection to the other would be one of the test.
            (ExternalProcess process, _) = await HaproxyProcess.StartOnFreePortAsync(readyPort =>
            {
                do port = FreePort.Find();
                while (port == readyPort);
                return ExternalProcess.Start("haproxy", HaproxyProcess.Alone, "-db", "-f", files.Write("haproxy.cfg", $"""
                    defaults
                        timeout connect 5s
                        timeout client  30s
                        timeout server  30s
                    frontend ready
                        mode http
                        bind 127.0.0.1:{readyPort}
                    {sections(files, port)}

                    """));
            });
            return new Haproxy(process, files, port);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _files.Dispose();
    }
}
#endif
