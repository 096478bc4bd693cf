#if !LIBRARY_NETSTANDARD
using System.Net;
using System.Net.Sockets;
using StreamPipes.Tests.Tls.Interop;

namespace StreamPipes.Tests.ProxyProtocol;

/// <summary>A HAProxy of its own for one test, on free ports of the loopback address.</summary>
internal sealed class Haproxy : IAsyncDisposable
{
    private const int Attempts = 5;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

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
        for (int attempt = 1; ; attempt++)
        {
            (int port, int readyPort) = (FindFreePort(), FindFreePort());
            PemFolder files = new();
            ExternalProcess process = ExternalProcess.Start("haproxy", "-db", "-f", files.Write("haproxy.cfg", $"""
                defaults
                    timeout connect 5s
                    timeout client  30s
                    timeout server  30s
                frontend ready
                    mode http
                    bind 127.0.0.1:{readyPort}
                {sections(files, port)}

                """));
            if (await IsListeningAsync(readyPort, process)) return new Haproxy(process, files, port);

            // Between the search for a free port and its use somebody else may have taken it.
            string log = process.Output + process.Error;
            await process.DisposeAsync();
            files.Dispose();
            if (attempt == Attempts) throw new InvalidOperationException($"haproxy did not start: {log}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _files.Dispose();
    }

    private static int FindFreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>It says nothing when it is ready: a connection that is accepted does, at a port that nothing else is asked of.</summary>
    private static async Task<bool> IsListeningAsync(int port, ExternalProcess process)
    {
        using CancellationTokenSource limit = new(StartLimit);
        while (!limit.IsCancellationRequested && !process.Error.Contains("[ALERT]", StringComparison.Ordinal))
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return true;
            }
            catch (SocketException)
            {
                // Not yet. This asks another program, which has no other way to tell.
                await Task.Delay(20, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                // The limit is up, and the loop's condition says so.
            }
        }

        return false;
    }
}
#endif
