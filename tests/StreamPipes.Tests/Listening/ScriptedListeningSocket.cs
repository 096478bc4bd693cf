using System.Net;
using System.Net.Sockets;
using StreamPipes.Listening;

namespace StreamPipes.Tests.Listening;

/// <summary>A listening socket whose accepts a test answers, one after the other.</summary>
internal sealed class ScriptedListeningSocket : IClientSource
{
    private readonly SemaphoreSlim _asked = new(0);
    private readonly CancellationTokenSource _closed = new();
    private TaskCompletionSource<Client> _pending = new();

    public EndPoint LocalEndPoint => Clients.Loopback;

    public Task<Client> AcceptAsync()
    {
        TaskCompletionSource<Client> pending = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending = pending;
        _asked.Release();
        _closed.Token.Register(() => pending.TrySetException(new ObjectDisposedException(nameof(Socket))));
        return pending.Task;
    }

    public Task CloseAsync()
    {
        _closed.Cancel();
        return Task.CompletedTask;
    }

    /// <summary>Ends when the listener asks for one more client.</summary>
    public Task AskedAsync() => _asked.WaitAsync().Guarded();

    public bool IsAsked => _asked.CurrentCount > 0;

    public void Fail(SocketError error) => _pending.SetException(new SocketException((int)error));

    public void Accept(Socket socket) => _pending.SetResult(new Client(socket));
}
