using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Soak;

/// <summary>
/// Makes connected pairs of sockets over loopback. Several listeners, because each pair of addresses and ports rests for a minute
/// after its connection, and one port would run out of partners.
/// </summary>
internal sealed class Listeners : IDisposable
{
    private const int Count = 8;

    private readonly Socket[] _listeners = new Socket[Count];
    private readonly ConcurrentDictionary<(int Listener, int Port), TaskCompletionSource<Socket>> _expected = new();

    public Listeners()
    {
        for (int i = 0; i < Count; i++)
        {
            _listeners[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _listeners[i].Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listeners[i].Listen(4096);
            _ = AcceptAsync(i);
        }
    }

    public async Task<(Socket Client, Socket Server)> ConnectAsync(int slot)
    {
        int listener = slot % Count;
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(_listeners[listener].LocalEndPoint!);
        (int, int Port) key = (listener, ((IPEndPoint)client.LocalEndPoint!).Port);
        Socket server = await Expected(key).Task;
        _expected.TryRemove(key, out _);
        return (client, server);
    }

    public void Dispose()
    {
        foreach (Socket listener in _listeners) listener.Dispose();
    }

    private async Task AcceptAsync(int listener)
    {
        while (true)
        {
            Socket server;
            try
            {
                server = await _listeners[listener].AcceptAsync();
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                // The run is over: this is how a loop of accepts ends.
                return;
            }

            server.NoDelay = true;
            Expected((listener, ((IPEndPoint)server.RemoteEndPoint!).Port)).SetResult(server);
        }
    }

    private TaskCompletionSource<Socket> Expected((int Listener, int Port) key) =>
        _expected.GetOrAdd(key, static _ => new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously));
}
