using System.Collections.Concurrent;
using System.Net;

namespace StreamPipes.Tests.Listening;

/// <summary>What a listener has told its owner.</summary>
internal sealed class FaultLog
{
    private readonly ConcurrentQueue<(EndPoint? Client, Exception Error)> _faults = new();
    private readonly SemaphoreSlim _told = new(0);

    public IReadOnlyCollection<(EndPoint? Client, Exception Error)> All => _faults;

    public void Add(EndPoint? client, Exception error)
    {
        _faults.Enqueue((client, error));
        _told.Release();
    }

    /// <summary>Waits for one more.</summary>
    public async Task<(EndPoint? Client, Exception Error)> NextAsync()
    {
        await _told.WaitAsync().Guarded();
        return _faults.Last();
    }
}
