using System.Net;
using StreamPipes.Connection;

namespace StreamPipes.Listening;

/// <summary>A connection that was accepted, and the place that it takes among those that may be open.</summary>
internal sealed class Accepted<T>
    where T : class, IOwnConnection
{
    private readonly Action _onEnded;
    private int _hasEnded;

    public Accepted(T connection, EndPoint? client, Action onEnded)
    {
        Connection = connection;
        Client = client;
        _onEnded = onEnded;
    }

    public T Connection { get; }

    /// <summary>Who it is, for reports.</summary>
    public EndPoint? Client { get; }

    /// <summary>For a caller who keeps no more than the connection: its place is free when it has ended.</summary>
    public T HandOut()
    {
        _ = Connection.Completion.ContinueWith(_ => End(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return Connection;
    }

    /// <summary>Frees the place. Once.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0) _onEnded();
    }
}
