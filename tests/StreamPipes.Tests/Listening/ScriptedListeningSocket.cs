using System.Net;
using System.Net.Sockets;
using StreamPipes.Listening;

namespace StreamPipes.Tests.Listening;

/// <summary>A listening socket whose accepts a test answers, one after the other.</summary>
internal sealed class ScriptedListeningSocket : IListeningSocket
{
    private readonly SemaphoreSlim _asked = new(0);
    private readonly CancellationTokenSource _closed = new();
    private TaskCompletionSource<Socket> _pending = new();

    public EndPoint LocalEndPoint => Clients.Loopback;

    public Task<Socket> AcceptAsync()
    {
        TaskCompletionSource<Socket> pending = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending = pending;
        _asked.Release();
        _closed.Token.Register(() => pending.TrySetException(new ObjectDisposedException(nameof(Socket))));
        return pending.Task;
    }

    public void Close() => _closed.Cancel();

    /// <summary>Ends when the listener asks for one more client.</summary>
    public Task AskedAsync() => _asked.WaitAsync().Guarded();

    public bool IsAsked => _asked.CurrentCount > 0;

    public void Fail(SocketError error) => _pending.SetException(new SocketException((int)error));

    public void Accept(Socket socket) => _pending.SetResult(socket);
}
