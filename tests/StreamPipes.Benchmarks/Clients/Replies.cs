namespace StreamPipes.Benchmarks.Clients;

/// <summary>Who waits for which reply on a connection that many callers share: the replies come in the order of the requests.</summary>
internal abstract class Replies(int capacity)
{
    private readonly Caller[] _waiting = new Caller[capacity];
    private readonly Lock _lock = new();
    private int _first;
    private int _count;

    /// <summary>Enters a caller for one reply. Called in the order of the requests.</summary>
    public void Expect(Caller caller)
    {
        lock (_lock) _waiting[(_first + _count++) % _waiting.Length] = caller;
    }

    /// <summary>Takes received bytes, completes those whose replies are in them, and gives the number of replies.</summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        int replies = CountReplies(bytes);
        for (int i = 0; i < replies; i++) Next().OnReply();
        return replies;
    }

    /// <summary>How many replies end in these bytes.</summary>
    protected abstract int CountReplies(ReadOnlySpan<byte> bytes);

    private Caller Next()
    {
        lock (_lock)
        {
            if (_count == 0) throw new InvalidDataException("There are more replies than requests.");
            Caller next = _waiting[_first];
            _first = (_first + 1) % _waiting.Length;
            _count--;
            return next;
        }
    }
}
