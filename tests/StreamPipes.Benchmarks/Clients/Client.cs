using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Clients;

/// <summary>
/// The work of the rows, once for raw calls and once for pipes. Whole loops, not single calls, so that nothing of the harness stands between
/// a contender and its work.
/// </summary>
internal abstract class Client : IAsyncDisposable
{
    /// <summary>Whether many may call <see cref="SendOneAsync"/> at once. Otherwise they take turns.</summary>
    public virtual bool TakesManyCallers => false;

    /// <summary>Sends a message so many times, each flushed.</summary>
    public abstract Task SendAsync(ReadOnlyMemory<byte> message, int count);

    /// <summary>Sends one message, flushed.</summary>
    public abstract ValueTask SendOneAsync(ReadOnlyMemory<byte> message);

    /// <summary>Receives so many bytes and drops them.</summary>
    public abstract Task ReceiveAsync(long bytes);

    /// <summary>Sends a message and receives one of the same length, so many times.</summary>
    public abstract Task ExchangeAsync(ReadOnlyMemory<byte> message, int count, Histogram? times);

    /// <summary>Receives so many lines, finding their ends, and answers each; the answers to lines that arrived together leave together.</summary>
    public abstract Task ServeLinesAsync(long lines, ReadOnlyMemory<byte> answer);

    /// <summary>Receives so many replies and gives them to those who wait for them.</summary>
    public abstract Task ReceiveRepliesAsync(Replies replies, long count);

    /// <summary>Waits for something to come, holding as little as it can. A raw client then does not know yet what; there is no more work after this.</summary>
    public abstract Task WaitAsync();

    /// <summary>Closes in order and lets go of everything.</summary>
    public abstract ValueTask DisposeAsync();
}
