using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Benchmarks.Links;

/// <summary>
/// Accepts one connection after the other on a thread of its own, echoes and closes with the client. It knows what it has allocated itself, so that
/// the rest can be told to be the client's.
/// </summary>
internal sealed class EchoServer : IDisposable
{
    private readonly bool _tls;
    private readonly Socket _listener = Link.Listen();
    private readonly SemaphoreSlim _served = new(0);
    private long _allocatedBytes;

    public EchoServer(bool tls)
    {
        _tls = tls;
        new Thread(Run) { IsBackground = true, Name = "echo server" }.Start();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>What this server's thread has allocated up to the last connection served.</summary>
    public long AllocatedBytes => Volatile.Read(ref _allocatedBytes);

    /// <summary>Ends when one more connection has been served to its end.</summary>
    public Task ServedAsync() => _served.WaitAsync();

    public void Dispose() => _listener.Dispose();

    private void Run()
    {
        while (true)
        {
            Socket accepted;
            try
            {
                accepted = _listener.Accept();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Disposed: that is how this thread ends.
                return;
            }

            Serve(accepted);
            Volatile.Write(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread());
            _served.Release();
        }
    }

    private void Serve(Socket accepted)
    {
        accepted.NoDelay = true;
        using NetworkStream transport = new(accepted, ownsSocket: true);
        try
        {
            if (_tls)
            {
                using SslStream secured = new(transport);
                secured.AuthenticateAsServer(LoopbackTls.Server);
                Serving.Echo(secured);
            }
            else
            {
                Serving.Echo(transport);
            }
        }
        catch (IOException)
        {
            // A contender that hangs up without ceremony costs its own row, not the server.
        }
    }
}
