using System.Net;
using System.Net.Sockets;
using StreamPipes.Common;

namespace StreamPipes.Dialing;

/// <summary>
/// Tries addresses as RFC 8305 ("Happy Eyeballs") says: the next one begins when the last has failed, or has not answered for a quarter of a second. The first
/// to connect wins, and the sockets of the others are closed.
/// </summary>
internal sealed class AddressRace
{
    /// <summary>The Connection Attempt Delay that the RFC recommends.</summary>
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    private readonly Connector _connector;
    private readonly Clock _clock;
    private readonly Queue<EndPoint> _candidates;
    private readonly List<Attempt> _running = [];
    private readonly List<Attempt> _failed = [];

    public AddressRace(Connector connector, Clock clock, IEnumerable<EndPoint> candidates)
    {
        _connector = connector;
        _clock = clock;
        _candidates = new Queue<EndPoint>(candidates);
    }

    /// <exception cref="OperationCanceledException">The token fired before any candidate had failed.</exception>
    /// <exception cref="SocketException">Every candidate has failed, or the token fired after some had.</exception>
    public async Task<Socket> RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource losing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await FindWinnerAsync(losing.Token).ConfigureAwait(false);
        }
        finally
        {
            Cancellation.Fire(losing);
            await DropLosersAsync().ConfigureAwait(false);
        }
    }

    private async Task<Socket> FindWinnerAsync(CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        while (true)
        {
            Attempt? ended = await FirstAsync().ConfigureAwait(false);
            if (ended is not null)
            {
                _running.Remove(ended);
                if (ended.Connecting.Status == TaskStatus.RanToCompletion) return await ended.Connecting.ConfigureAwait(false);
                _failed.Add(ended);
                if (cancellationToken.IsCancellationRequested || (_running.Count == 0 && _candidates.Count == 0)) return await FailAsync().ConfigureAwait(false);
            }

            // The last has failed, or is late.
            if (_candidates.Count > 0) Begin(cancellationToken);
        }
    }

    private void Begin(CancellationToken cancellationToken)
    {
        EndPoint candidate = _candidates.Dequeue();
        _running.Add(new Attempt(candidate, _connector.ConnectAsync(candidate, cancellationToken)));
    }

    /// <returns>One that has ended, one that has connected before one that has not; <see langword="null"/> if it is time for the next.</returns>
    private async Task<Attempt?> FirstAsync()
    {
        Task first = Task.WhenAny(_running.Select(attempt => attempt.Connecting));
        if (_candidates.Count == 0) await first.ConfigureAwait(false);
        else if (!await _clock.WaitAsync(first, Stagger).ConfigureAwait(false)) return null;
        return _running.Find(attempt => attempt.Connecting.Status == TaskStatus.RanToCompletion) ?? _running.Find(attempt => attempt.Connecting.IsCompleted);
    }

    /// <summary>Their tokens have fired. One may have connected all the same, in the same moment.</summary>
    private async Task DropLosersAsync()
    {
        foreach (Attempt attempt in _running)
        {
            await ((Task)attempt.Connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (attempt.Connecting.Status == TaskStatus.RanToCompletion) (await attempt.Connecting.ConfigureAwait(false)).Dispose();
            ObservedTask.Observe(attempt.Connecting);
        }
    }

    /// <summary>Throws the error itself if there is one; otherwise one that names all. Attempts that only heeded the token have none.</summary>
    private async Task<Socket> FailAsync()
    {
        Attempt[] failed = [.. _failed.Where(attempt => !attempt.Connecting.IsCanceled)];
        if (failed.Length == 0) throw new OperationCanceledException();
        if (failed.Length > 1) throw new ConnectException([.. failed.Select(attempt => (attempt.EndPoint, attempt.Connecting.Exception!.InnerException!))]);
        return await failed[0].Connecting.ConfigureAwait(false);
    }

    private sealed record Attempt(EndPoint EndPoint, Task<Socket> Connecting);
}
