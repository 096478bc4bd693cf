using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Testing;

/// <summary>HAProxy, started so that it is ready for a test.</summary>
internal static class HaproxyProcess
{
    /// <summary>The option by which it shares no port: otherwise two of them may listen at one, and each gets a part of the other's clients.</summary>
    public const string Alone = "-dR";

    private const int Attempts = 5;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    /// <summary>Starts a HAProxy that listens on a free port, and waits until it does.</summary>
    public static async Task<(ExternalProcess Process, int Port)> StartOnFreePortAsync(Func<int, ExternalProcess> start)
    {
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort.Find();
            ExternalProcess process = start(port);
            if (await IsListeningAsync(port, process)) return (process, port);

            // Between the search for a free port and its use another program may have taken it.
            string log = process.Output + process.Error;
            await process.DisposeAsync();
            if (attempt == Attempts) throw new InvalidOperationException($"haproxy did not start: {log}");
        }
    }

    /// <summary>It says nothing when it is ready: a connection that is accepted does. False if it cannot start.</summary>
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
