using System.Threading.Tasks.Sources;

namespace StreamPipes.Benchmarks.Clients;

/// <summary>One of many callers: sends a window of requests and waits for the last reply of it. Allocates nothing per request.</summary>
internal sealed class Caller(Client client, Replies replies, SemaphoreSlim turn, ReadOnlyMemory<byte> request) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private int _missing;

    public async Task CallAsync(int windows, int windowLength)
    {
        await Task.Yield();
        for (int i = 0; i < windows; i++)
        {
            _source.Reset();
            _missing = windowLength;
            for (int sent = 0; sent < windowLength; sent++) await SendAsync();
            await new ValueTask(this, _source.Version);
        }
    }

    public void OnReply()
    {
        if (--_missing == 0) _source.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private async ValueTask SendAsync()
    {
        if (client.TakesManyCallers)
        {
            replies.Expect(this);
            await client.SendOneAsync(request);
            return;
        }

        await turn.WaitAsync();
        try
        {
            replies.Expect(this);
            await client.SendOneAsync(request);
        }
        finally
        {
            turn.Release();
        }
    }
}
