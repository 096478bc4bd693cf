using StreamPipes.Common;
using StreamPipes.Connection;

namespace StreamPipes.Listening;

/// <summary>Gives every connection to a handler, and stops in order: no client is let in, the handlers receive a token, are waited for, and are cut off.</summary>
internal sealed class Server<T>
    where T : class, IOwnConnection
{
    /// <summary>How long a handler has to notice that its connection was aborted.</summary>
    private static readonly TimeSpan AfterAbort = TimeSpan.FromSeconds(1);

    private readonly Acceptor<T> _acceptor;
    private readonly Clock _clock;
    private readonly TimeSpan _shutdownTimeout;
    private readonly FaultReport _faults;
    private readonly CancellationTokenSource _stopping = new();
    private readonly object _sync = new();
    private readonly HashSet<Session<T>> _sessions = [];
    private Task? _stopped;
    private bool _isStopping;

    public Server(Acceptor<T> acceptor, Clock clock, TimeSpan shutdownTimeout, FaultReport faults)
    {
        _acceptor = acceptor;
        _clock = clock;
        _shutdownTimeout = shutdownTimeout;
        _faults = faults;
    }

    /// <summary>Ends when everything has, after the token has fired or another caller has stopped the server.</summary>
    public async Task ServeAsync(Func<T, CancellationToken, Task> handler, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.Register(() => ObservedTask.ObserveLater(StopAsync()));
        while (await _acceptor.TakeAsync(CancellationToken.None).ConfigureAwait(false) is { } accepted) Start(accepted, handler);
        await StopAsync().ConfigureAwait(false);
    }

    /// <summary>Every call waits for the one stop.</summary>
    public Task StopAsync()
    {
        TaskCompletionSource<Task> started;
        lock (_sync)
        {
            if (_stopped is not null) return _stopped;
            started = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
            _stopped = started.Task.Unwrap();
        }

        // Outside the lock, since tokens run what others have registered.
        started.SetResult(RunStopAsync());
        return _stopped;
    }

    private void Start(Accepted<T> accepted, Func<T, CancellationToken, Task> handler)
    {
        Session<T> session = new(accepted, _faults);
        bool isLate;
        lock (_sync)
        {
            isLate = _isStopping;
            if (!isLate) _sessions.Add(session);
        }

        if (isLate) session.Refuse();
        else _ = Task.Run(() => RunAsync(session, handler));
    }

    private async Task RunAsync(Session<T> session, Func<T, CancellationToken, Task> handler)
    {
        try
        {
            await session.RunAsync(handler, _stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_sync) _sessions.Remove(session);
        }
    }

    private async Task RunStopAsync()
    {
        _acceptor.Stop();
        Session<T>[] left;
        lock (_sync)
        {
            _isStopping = true;
            left = [.. _sessions];
        }

        // What handlers have registered there may block, and is not to hold up the time limit.
        ObservedTask.ObserveLater(Task.Run(() => Cancellation.Fire(_stopping)));
        Task ended = Task.WhenAll(left.Select(session => session.Ended));
        if (!await _clock.WaitAsync(ended, _shutdownTimeout).ConfigureAwait(false))
        {
            foreach (Session<T> session in left) session.CutOff(_shutdownTimeout);
            await Task.WhenAll(left.Select(session => session.Released)).ConfigureAwait(false);
            await _clock.WaitAsync(ended, AfterAbort).ConfigureAwait(false);
        }

        await _acceptor.Ended.ConfigureAwait(false);
    }
}
