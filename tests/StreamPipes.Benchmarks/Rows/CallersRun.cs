using StreamPipes.Benchmarks.Clients;

namespace StreamPipes.Benchmarks.Rows;

internal sealed class CallersRun : BatchRun
{
    private readonly Client _client;
    private readonly Replies _replies;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Caller[] _callers;
    private readonly int _windows;
    private readonly int _window;

    public CallersRun(Client client, Replies replies, Func<int, ReadOnlyMemory<byte>> request, int callers, int windows, int window)
        : base((long)callers * windows * window)
    {
        _client = client;
        _replies = replies;
        _windows = windows;
        _window = window;
        _callers = [.. Enumerable.Range(0, callers).Select(caller => new Caller(client, replies, _turn, request(caller)))];
    }

    public override async Task BatchAsync()
    {
        Task receiving = _client.ReceiveRepliesAsync(_replies, Operations);
        await Task.WhenAll(_callers.Select(caller => caller.CallAsync(_windows, _window)));
        await receiving;
    }

    public override async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _turn.Dispose();
    }
}
