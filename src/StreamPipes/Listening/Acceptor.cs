using System.Net;
using System.Net.Sockets;
using StreamPipes.Common;
using StreamPipes.Connection;

namespace StreamPipes.Listening;

/// <summary>
/// Makes connections of clients, as long as a caller waits for one and a place is free. One loop accepts; it waits for nothing but the network, and only
/// <see cref="Stop"/> ends it. A handshake is a task of its own.
/// </summary>
internal sealed class Acceptor<T>
    where T : class, IOwnConnection
{
    /// <summary>After an accept that failed, for want of descriptors most likely. It doubles from one failure to the next.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(320);

    private readonly IClientSource _source;
    private readonly Func<Client, CancellationToken, Task<T>> _open;
    private readonly Handshakes? _handshakes;
    private readonly int _maximumConnections;
    private readonly Clock _clock;
    private readonly FaultReport _faults;
    private readonly object _sync = new();
    private readonly LinkedList<TaskCompletionSource<Accepted<T>?>> _waiting = new();
    private readonly Queue<Accepted<T>> _ready = new();
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the loop waits for when it does not wait for a client. Whatever may change that ends it.</summary>
    private TaskCompletionSource<bool>? _idle;
    private TimeSpan _pause = FirstPause;
    private int _connectionsOpen;

    /// <summary>The places that are taken: by connections, by clients being opened, and by the one that is accepted next.</summary>
    private int _places;

    /// <summary>What is at work: the loop, every client being opened, and the closing of the source.</summary>
    private int _working = 1;
    private bool _isStopped;

    /// <param name="source">Where clients come from.</param>
    /// <param name="open">Makes a connection of a client. If that fails the client is disposed here.</param>
    /// <param name="handshakes">The limit of the handshakes; <see langword="null"/> if there are none, and <paramref name="open"/> ends at once.</param>
    /// <param name="maximumConnections">How many clients may be there at the same time.</param>
    /// <param name="clock">What pauses are measured on.</param>
    /// <param name="faults">Where faults are reported.</param>
    public Acceptor(IClientSource source, Func<Client, CancellationToken, Task<T>> open, Handshakes? handshakes, int maximumConnections, Clock clock, FaultReport faults)
    {
        _source = source;
        _open = open;
        _handshakes = handshakes;
        _maximumConnections = maximumConnections;
        _clock = clock;
        _faults = faults;
        EmptyExecutionContext.Run(static acceptor => _ = ((Acceptor<T>)acceptor!).RunAsync(), this);
    }

    public int ConnectionsOpen
    {
        get
        {
            lock (_sync) return _connectionsOpen;
        }
    }

    /// <summary>Ends after <see cref="Stop"/>, when no client is being opened any more, and none can come to the source.</summary>
    public Task Ended => _ended.Task;

    /// <returns>The next connection; <see langword="null"/> after <see cref="Stop"/>.</returns>
    public async Task<Accepted<T>?> TakeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource<Accepted<T>?>> waiter = new(new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_sync)
        {
            if (_isStopped) return null;
            if (_ready.Count > 0) return _ready.Dequeue();
            _waiting.AddLast(waiter);
        }

        Wake();
        using CancellationTokenRegistration registration = cancellationToken.Register(() => GiveUp(waiter, cancellationToken));
        return await waiter.Value.Task.ConfigureAwait(false);
    }

    /// <summary>Lets no further client in. Those being opened, and those that no caller has taken, are dropped.</summary>
    public void Stop()
    {
        TaskCompletionSource<Accepted<T>?>[] waiting;
        Accepted<T>[] ready;
        lock (_sync)
        {
            if (_isStopped) return;
            _isStopped = true;
            _working++;
            waiting = [.. _waiting];
            _waiting.Clear();
            ready = [.. _ready];
            _ready.Clear();
        }

        _ = CloseSourceAsync();
        Wake();
        _handshakes?.CancelAll();
        foreach (TaskCompletionSource<Accepted<T>?> waiter in waiting) waiter.TrySetResult(null);
        foreach (Accepted<T> accepted in ready) Drop(accepted);
    }

    private async Task CloseSourceAsync()
    {
        await _source.CloseAsync().ConfigureAwait(false);
        EndWork();
    }

    private async Task RunAsync()
    {
        while (await TakePlaceAsync().ConfigureAwait(false))
        {
            if (await AcceptAsync().ConfigureAwait(false) is { } client) Begin(client);
        }

        EndWork();
    }

    /// <returns>Whether a client may be accepted; not after <see cref="Stop"/>.</returns>
    private async Task<bool> TakePlaceAsync()
    {
        while (true)
        {
            TaskCompletionSource<bool> idle;
            lock (_sync)
            {
                if (_isStopped) return false;
                if (_waiting.Count > 0 && _places < _maximumConnections)
                {
                    _places++;
                    return true;
                }

                _idle = idle = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await idle.Task.ConfigureAwait(false);
        }
    }

    private async Task<Client?> AcceptAsync()
    {
        try
        {
            Client client = await _source.AcceptAsync().ConfigureAwait(false);
            _pause = FirstPause;
            return client;
        }
        catch (Exception e)
        {
            // Whatever it is, the next client may be luckier. What does not end by itself is reported once, and costs a few tries in a second.
            lock (_sync) _places--;
            if (!IsClientGone(e)) await PauseAsync(e).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>A client that has left the queue before its turn. Linux hands out errors of its network in that way, too (accept(2)).</summary>
    private static bool IsClientGone(Exception error) => error is SocketException
    {
        SocketErrorCode: SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.HostDown or SocketError.HostUnreachable
            or SocketError.NetworkDown or SocketError.NetworkUnreachable or SocketError.TimedOut
    };

    /// <summary>A descriptor may be free before the pause is over: when a connection has ended.</summary>
    private async Task PauseAsync(Exception error)
    {
        TaskCompletionSource<bool> idle;
        lock (_sync)
        {
            if (_isStopped) return;
            _idle = idle = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (_pause == FirstPause) _faults.Tell(client: null, error);
        TimeSpan pause = _pause;
        if (_pause < LongestPause) _pause += _pause;
        try
        {
            using ITimer timer = _clock.StartTimer(pause, static idle => ((TaskCompletionSource<bool>)idle!).TrySetResult(true), idle);
            await idle.Task.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Without a descriptor left a clock may have no timers, either: the runtime's are run by a thread that it starts with the first. This one waits, then.
            Thread.Sleep(pause);
        }
    }

    private void Begin(Client client)
    {
        lock (_sync) _working++;
        if (_handshakes is null)
        {
            _ = OpenAsync(client, handshake: null);
            return;
        }

        // It is counted here, and not when a thread of the pool gets to it. The first flight may be there already, and costs cryptography.
        Handshake handshake = _handshakes.Begin();
        _ = Task.Run(() => OpenAsync(client, handshake));
    }

    private async Task OpenAsync(Client client, Handshake? handshake)
    {
        EndPoint? address = client.Address;
        try
        {
            T connection = await _open(client, handshake?.Token ?? CancellationToken.None).ConfigureAwait(false);
            HandOver(new Accepted<T>(connection, connection.ProxyHeader?.Source ?? address, OnEnded));
        }
        catch (Exception e)
        {
            client.Dispose();
            FreePlace();
            Tell(address, handshake is { HasGivenWay: true } ? new IOException("The handshake was given up: as many as MaximumHandshakes were under way, this one was the oldest, and another client came.", e) : e);
        }
        finally
        {
            if (handshake is not null) _handshakes!.End(handshake);
            EndWork();
        }
    }

    private void HandOver(Accepted<T> accepted)
    {
        TaskCompletionSource<Accepted<T>?>? waiter = null;
        bool isLate;
        lock (_sync)
        {
            _connectionsOpen++;
            isLate = _isStopped;
            if (!isLate && _waiting.Count > 0)
            {
                waiter = _waiting.First!.Value;
                _waiting.RemoveFirst();
            }
            else if (!isLate)
            {
                _ready.Enqueue(accepted);
            }
        }

        if (isLate) Drop(accepted);
        else waiter?.TrySetResult(accepted);
    }

    private static void Drop(Accepted<T> accepted) => accepted.HandOut().Abort(new ObjectDisposedException(nameof(PipeListener), "The listener was stopped before this connection was accepted."));

    private void GiveUp(LinkedListNode<TaskCompletionSource<Accepted<T>?>> waiter, CancellationToken cancellationToken)
    {
        lock (_sync)
        {
            if (waiter.List is null) return;
            _waiting.Remove(waiter);
        }

        waiter.Value.TrySetCanceled(cancellationToken);
    }

    /// <summary>A handshake that is cut short by the stop is no fault.</summary>
    private void Tell(EndPoint? client, Exception error)
    {
        lock (_sync)
        {
            if (_isStopped) return;
        }

        _faults.Tell(client, error);
    }

    private void OnEnded()
    {
        lock (_sync) _connectionsOpen--;
        FreePlace();
    }

    private void FreePlace()
    {
        lock (_sync) _places--;
        Wake();
    }

    private void Wake()
    {
        TaskCompletionSource<bool>? idle;
        lock (_sync)
        {
            idle = _idle;
            _idle = null;
        }

        idle?.TrySetResult(true);
    }

    private void EndWork()
    {
        bool isLast;
        lock (_sync) isLast = --_working == 0;
        if (isLast) _ended.TrySetResult(true);
    }
}
