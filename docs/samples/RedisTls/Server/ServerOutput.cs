using System.IO.Pipelines;
using System.Threading.Channels;

namespace RedisTls;

/// <summary>
/// The sending side of one session. Replies and published messages both go through here, one batch at a time, so that they never get between
/// each other's bytes; a batch is flushed once.
/// </summary>
internal sealed class ServerOutput(PipeWriter output, int maxQueued) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<ServerReply> _messages = Channel.CreateBounded<ServerReply>(new BoundedChannelOptions(maxQueued) { SingleReader = true });
    private Task? _posting;
    private volatile int _protocol = 2;

    /// <summary>2 until the client asks for 3.</summary>
    public int Protocol
    {
        get => _protocol;
        set => _protocol = value;
    }

    /// <summary>Takes the output for one batch of replies; dispose the result to give it back.</summary>
    public async ValueTask<Turn> TakeTurnAsync()
    {
        await _turn.WaitAsync();
        return new Turn(_turn);
    }

    /// <summary>Writes and flushes a batch. The caller holds the turn.</summary>
    public async ValueTask SendAsync(IReadOnlyList<ServerReply> replies, CancellationToken cancellationToken = default)
    {
        foreach (ServerReply reply in replies) await RespValueWriter.WriteAsync(output, reply.Value, reply.Protocol, cancellationToken);
        await RespWriter.FlushAsync(output, cancellationToken);
    }

    /// <summary>Queues a published message; false if the client is too far behind. One that is just leaving does not get it.</summary>
    public bool TryPost(RespValue message) =>
        _messages.Writer.TryWrite(new ServerReply(message, Protocol)) || _stopping.IsCancellationRequested;

    public void StartPosting() => _posting ??= PostAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _messages.Writer.TryComplete();
        if (_posting is not null) await _posting;
        _stopping.Dispose();
    }

    private async Task PostAsync()
    {
        List<ServerReply> batch = [];
        try
        {
            while (await _messages.Reader.WaitToReadAsync(_stopping.Token))
            {
                using Turn turn = await TakeTurnAsync();
                while (batch.Count < 256 && _messages.Reader.TryRead(out ServerReply message)) batch.Add(message);
                await SendAsync(batch, _stopping.Token);
                batch.Clear();
            }
        }
        catch (Exception)
        {
            // The session is over, or its connection has failed: the session's own loop meets the same and ends.
        }
    }

    internal readonly struct Turn(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
