using StreamPipes.Common;
using StreamPipes.Connection;

namespace StreamPipes.Listening;

/// <summary>One connection in the hands of a handler.</summary>
internal sealed class Session<T>
    where T : class, IOwnConnection
{
    private readonly Accepted<T> _accepted;
    private readonly FaultReport _faults;
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Session(Accepted<T> accepted, FaultReport faults)
    {
        _accepted = accepted;
        _faults = faults;
    }

    /// <summary>Ends when the handler has, and its connection is closed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Ends when the connection has, whatever its handler does.</summary>
    public Task Released => Task.WhenAny(Connection.Completion);

    private T Connection => _accepted.Connection;

    /// <summary>It came after the stop.</summary>
    public void Refuse()
    {
        Connection.Abort(new ObjectDisposedException(nameof(PipeListener), "The listener was stopped before this connection was served."));
        _accepted.HandOut();
    }

    public void CutOff(TimeSpan limit)
    {
        if (!Ended.IsCompleted) Connection.Abort(new TimeoutException($"The listener was stopped, and this connection had not ended within the ShutdownTimeout of {limit}."));
    }

    public async Task RunAsync(Func<T, CancellationToken, Task> handler, CancellationToken stopping)
    {
        try
        {
            // What was sent before must arrive, also after a stop.
            if (await HandleAsync(handler, stopping).ConfigureAwait(false)) await CloseAsync().ConfigureAwait(false);
            else await Connection.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _accepted.End();
            _ended.TrySetResult(true);
        }
    }

    /// <returns>Whether the handler has done what it wanted to.</returns>
    private async Task<bool> HandleAsync(Func<T, CancellationToken, Task> handler, CancellationToken stopping)
    {
        try
        {
            await handler(Connection, stopping).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The handler heeds the stop.
            return true;
        }
        catch (Exception e)
        {
            // What it has written may be half of something, and must not look whole.
            Connection.Abort(e);
            _faults.Tell(_accepted.Client, e);
            return false;
        }
    }

    /// <summary>An error that the handler could see is its own affair; one that came later is reported.</summary>
    private async Task CloseAsync()
    {
        bool isKnown = Connection.Completion.IsCompleted;
        await Connection.DisposeAsync().ConfigureAwait(false);
        if (!isKnown && Connection.Completion.Exception is { InnerException: { } late }) _faults.Tell(_accepted.Client, late);
    }
}
